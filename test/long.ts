// `npm run test:long`: what takes too long for every run. The random lives of pods, ten times as many; every reader of
// foreign text, with 10,000 cases each; and an hour of load at 256 streams.

import "./runpod/pods/pod-life.property.test.ts";
import "./runpod/pods/random-kills.property.test.ts";
import "./fuzz/readers.test.ts";
import "./traffic/any-file.property.test.ts";
import "./endurance/endurance.test.ts";
