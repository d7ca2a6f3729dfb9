// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildImage, writeOciLayout } from "../test/support/image-builder.ts";
import { runTool } from "../test/support/run-tool.ts";
import { createNotationProgram, type NotationProgram } from "../test/support/test-pki/notation-program.ts";
import { createTestLeaf, createTestRoot } from "../test/support/test-pki/test-certificate.ts";
import { tool } from "../test/support/tools.ts";
import { type DockerRegistry, startDockerRegistry } from "./docker-registry.ts";
import { type MeasuredProgram, measureInTurn, type ProcessCost } from "./measure-process.ts";
import { RELEASE_NOTE, RELEASED, releaseProgram } from "./release-program.ts";
import type { BenchReport, BenchRow } from "./report.ts";

const RUNS = 5;
/** Processes of one run. */
const BATCH = 10;
const EACH_MS = 1_000 / BATCH;
const STORE = "ca:bench";

/** `haechi verify` beside `cosign verify --key` and `notation verify`, as whole processes against one registry. */
export async function benchVerify(): Promise<BenchReport> {
  const folder = mkdtempSync(join(tmpdir(), "haechi-bench-verify-"));
  try {
    await releaseProgram();
    await using registry = await startDockerRegistry();
    await using notation = await createNotationProgram();
    const withKey = await signWithCosign(registry, folder);
    const withCertificate = await signWithNotation(registry, notation, folder);
    const [ours, cosign] = await measureInTurn(withKey, RUNS);
    const [oursToo, peer] = await measureInTurn(withCertificate, RUNS);
    if (ours === undefined || cosign === undefined || oursToo === undefined || peer === undefined) {
      throw new Error("nothing was measured");
    }
    return {
      title: "haechi verify as a whole process",
      peer: "cosign and notation",
      rows: [
        ...compare("a key, beside cosign verify", ours, cosign),
        ...compare("a certificate, beside notation verify", oursToo, peer),
      ],
      notes: [
        `One process; medians of ${RUNS} runs in turn of ${BATCH} processes each, after one that warms the caches, against docker-registry ${registry.version} on loopback; each image has one signature by the peer itself.`,
        `${await versionOf("cosign")}; ${await versionOf("notation")}. cosign looks for no transparency log, notation at no revocation service.`,
        RELEASE_NOTE,
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compare(what: string, ours: ProcessCost, peer: ProcessCost): readonly BenchRow[] {
  return [
    {
      what: `${what}: wall`,
      unit: "ms",
      ours: ours.wallSeconds * EACH_MS,
      peer: peer.wallSeconds * EACH_MS,
      aim: "≤ 1 ×",
    },
    { what: `${what}: CPU`, unit: "ms", ours: ours.cpuSeconds * EACH_MS, peer: peer.cpuSeconds * EACH_MS },
    { what: `${what}: peak memory`, unit: "MiB", ours: ours.peakMiB, peer: peer.peakMiB },
  ];
}

/**
 * The program several times one after the other, since GNU time counts in hundredths of a second. `env` sets what it finds
 * its files by; that and the shell cost all of them the same.
 */
function inEnvironment(environment: Readonly<Record<string, string>>, command: readonly string[]): MeasuredProgram {
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const loop = `for each in ${Array.from({ length: BATCH }, (_, index) => index).join(" ")}; do "$@" || exit; done`;
  return {
    command: tool("sh"),
    arguments: () => ["-c", loop, "sh", tool("env"), ...settings, ...command],
    expectedCodes: [0],
  };
}

async function signWithCosign(registry: DockerRegistry, folder: string): Promise<readonly MeasuredProgram[]> {
  const environment = { HOME: folder, COSIGN_PASSWORD: "" };
  const image = await push(registry, folder, "cosign");
  const cosign = tool("cosign");
  await succeed(cosign, ["generate-key-pair", "--output-key-prefix", join(folder, "cosign")], environment);
  const offline = ["--tlog-upload=false", "--use-signing-config=false", "--yes"];
  await succeed(cosign, ["sign", "--key", join(folder, "cosign.key"), ...offline, image], environment);
  const key = join(folder, "cosign.pub");
  return [
    inEnvironment(environment, [process.execPath, RELEASED, "verify", `docker://${image}`, "--key", key]),
    inEnvironment(environment, [cosign, "verify", "--key", key, "--insecure-ignore-tlog=true", image]),
  ];
}

async function signWithNotation(
  registry: DockerRegistry,
  notation: NotationProgram,
  folder: string,
): Promise<readonly MeasuredProgram[]> {
  const root = await createTestRoot({ kind: "rsa-2048" });
  const image = await push(registry, folder, "notation");
  const policy = JSON.stringify({
    version: "1.0",
    trustPolicies: [
      {
        name: "bench",
        registryScopes: ["*"],
        signatureVerification: { level: "strict", override: { revocation: "skip" } },
        trustStores: [STORE],
        trustedIdentities: ["*"],
      },
    ],
  });
  await notation.addKey("bench", await createTestLeaf(root, { kind: "rsa-2048" }));
  await notation.trust(policy, { [STORE]: [root.pem] });
  await notation.sign(image, { key: "bench" });
  const [policyFile, rootFile] = [join(folder, "trustpolicy.json"), join(folder, "root.pem")];
  writeFileSync(policyFile, policy);
  writeFileSync(rootFile, root.pem);
  const ours = ["verify", `docker://${image}`, "--trust-policy", policyFile, "--trust-store", `${STORE}=${rootFile}`];
  return [
    inEnvironment({ HOME: folder }, [process.execPath, RELEASED, ...ours]),
    inEnvironment(notation.environment, [tool("notation"), "verify", "--insecure-registry", image]),
  ];
}

/** A small image; its name with digest. */
async function push(registry: DockerRegistry, folder: string, name: string): Promise<string> {
  const layout = join(folder, name);
  const image = buildImage([{ entries: [{ path: "etc/name", content: name }] }]);
  writeOciLayout(layout, { [name]: image });
  const target = `${registry.host}/bench/${name}`;
  await succeed(tool("skopeo"), [
    ...["--insecure-policy", "copy", "--preserve-digests", "--dest-tls-verify=false"],
    ...[`oci:${layout}:${name}`, `docker://${target}:1.0`],
  ]);
  return `${target}@${image.manifest.digest}`;
}

async function versionOf(name: string): Promise<string> {
  const { stdout } = await runTool(tool(name), ["version"]);
  return `${name} ${/(?:GitVersion|Version):\s+v?([\w.+-]+)/.exec(stdout)?.[1] ?? "of an unknown version"}`;
}

async function succeed(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { code, stdout, stderr } = await runTool(command, args, { environment });
  if (code !== 0) {
    throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${stdout}${stderr}`);
  }
}
