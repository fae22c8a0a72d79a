// `npm run test:long`: the random lives of pods, ten times as many.

import "./pod-life.property.test.ts";
import "./random-kills.property.test.ts";
