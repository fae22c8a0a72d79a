import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { makeFolder } from "./environment.ts";

/** Makes a certificate for localhost and 127.0.0.1, signed by itself, in a folder that goes with the test. */
export function makeCertificate(context: TestContext): { keyFile: string; certificate: string } {
  const folder = makeFolder(context);
  const [keyFile, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const names = "subjectAltName=DNS:localhost,IP:127.0.0.1";
  const files = ["-keyout", keyFile, "-out", certificate];
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"].concat([
      "-addext",
      names,
      ...files,
    ]),
    { stdio: "pipe" },
  );
  return { keyFile, certificate };
}
