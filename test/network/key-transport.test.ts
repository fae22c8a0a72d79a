import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SettingsError } from "../../lib/src/errors.ts";
import { checkKeyTransport } from "../../lib/src/network/key-transport.ts";

describe("a key on its way", () => {
  test("is safe by https, and by plain http to this machine, however it is written", () => {
    for (const address of [
      "https://api.openai.com/v1",
      "https://10.0.0.1",
      "http://localhost:11434/v1",
      "http://LOCALHOST",
      "http://127.0.0.1:8000",
      "http://127.9.9.9",
      "http://2130706433",
      "http://0x7f.1",
      "http://0.0.0.0:8000",
      "http://[::1]:8000",
      "http://[::ffff:127.0.0.1]",
    ]) {
      assert.equal(checkKeyTransport(address, "The key"), null, address);
    }
  });

  test("goes over plain http into a private network, with a sentence", () => {
    for (const address of [
      "http://10.1.2.3:8000/v1",
      "http://172.16.0.1",
      "http://172.31.255.255",
      "http://192.168.1.5",
      "http://169.254.1.1",
      "http://100.64.0.1",
      "http://0xa.1",
      "http://[fd00::1]",
      "http://[fe80::1]",
      "http://[::ffff:10.0.0.1]",
      "http://ollama:11434",
      "http://gpu.local",
      "http://gpu.home.arpa",
      "http://host.docker.internal:11434",
    ]) {
      assert.match(checkKeyTransport(address, "The key") ?? "", /over plain http: whoever shares/, address);
    }
    assert.equal(
      checkKeyTransport("http://192.168.1.5:8000/v1", "The key"),
      "The key goes to 192.168.1.5:8000 over plain http: whoever shares that network can read it, and the conversations.",
    );
  });

  test("never goes to a public address over plain http", () => {
    for (const address of [
      "http://api.openai.com/v1",
      "http://203.0.113.5:8000",
      "http://172.32.0.1",
      "http://172.15.0.1",
      "http://11.0.0.1",
      "http://[2001:db8::1]",
      "http://[::ffff:8.8.8.8]",
      "http://localhost.evil.example",
      "http://127.0.0.1.evil.example",
      "http://10.0.0.1.evil.example",
      "http://gpu.local.evil.example",
    ]) {
      assert.throws(() => checkKeyTransport(address, "The key"), SettingsError, address);
    }
    assert.throws(() => checkKeyTransport("http://gpu.example:8000/v1", "The key"), {
      message:
        "The key would cross the network in clear to gpu.example:8000: it was not sent. Use an https address, or lead a " +
        "port of this machine there: ssh -N -L 8000:localhost:8000 gpu.example, then http://localhost:8000.",
    });
  });
});
