// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import { OCI_INDEX, OCI_MANIFEST } from "#oci";
import { fixtureImages } from "../../tools/fixtures/index.ts";
import { askAdmission, podReview } from "../support/admission-client.ts";
import { type ApiSession, openApiSession } from "../support/api-client.ts";
import { eventually } from "../support/eventually.ts";
import { NEW_PASSWORD } from "../support/new-password.ts";
import { createReachableFolder } from "../support/reachable-folder.ts";
import { fetchToken, pullManifest } from "../support/registry-client.ts";
import { runTool, type ToolResult } from "../support/run-tool.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";
import { describeWithTools, tool } from "../support/tools.ts";

const HAECHI = fileURLToPath(new URL("../../bin/haechi.mjs", import.meta.url));
const ADMIN = { username: "admin", password: NEW_PASSWORD };
const OFFLINE = ["--tlog-upload=false", "--use-signing-config=false", "--allow-http-registry", "--yes"];

/** What the ways to a verdict say of one image. */
interface Said {
  readonly registry: { readonly outcome: string; readonly codes: readonly string[] };
  readonly admission: { readonly outcome: string; readonly codes: readonly string[] };
  readonly api: {
    readonly outcome: string;
    readonly codes: readonly string[];
    readonly signatures: string | undefined;
  };
  /** `haechi scan` on the same machine, with the configuration of the server. */
  readonly scan: { readonly outcome: string; readonly codes: readonly string[] };
  /** `haechi verify --key`; without a key it says the same by the configuration of the server. */
  readonly verify: { readonly code: number | null; readonly state: string };
}

interface Coded {
  readonly code: string;
  readonly effect?: string;
}

interface ImageBody {
  readonly digest: Digest;
  readonly platforms: readonly { readonly scanState: string }[];
  readonly verdict: { readonly outcome: string; readonly reasons: readonly Coded[] };
  readonly signatures?: {
    readonly state: string;
    readonly problems: readonly { readonly code: string; readonly text: string }[];
    readonly verified: readonly { readonly identity: string; readonly checks: readonly string[] }[];
  };
}

function codesOf(reasons: readonly Coded[]): readonly string[] {
  return [...new Set(reasons.filter(({ effect }) => effect !== "warn").map(({ code }) => code))].sort();
}

describeWithTools("signed images, with real clients", ["skopeo", "cosign", "notation", "mmdebstrap"], () => {
  let server: ServerProcess;
  let api: ApiSession;
  let folder: string;
  let fixtures: Awaited<ReturnType<typeof fixtureImages>>;
  let args: readonly string[];
  /** What the command line is configured by: the same as the server. */
  let configured: Readonly<Record<string, string>>;
  let silent: Server;
  let hasBeenAsked = false;
  let environment: Readonly<Record<string, string>>;

  beforeAll(async () => {
    fixtures = await fixtureImages();
    folder = createReachableFolder("haechi-signed-");
    environment = { DOCKER_CONFIG: join(folder, "docker"), COSIGN_PASSWORD: "", XDG_CONFIG_HOME: join(folder, "xdg") };
    for (const name of ["cosign", "other"]) {
      await succeed(cosign("generate-key-pair", "--output-key-prefix", join(folder, name)));
    }
    // A trust service that takes connections and never answers.
    silent = createServer(() => {
      hasBeenAsked = true;
    });
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    writeFileSync(
      join(folder, "notary.yaml"),
      `signatures: [{notary: {trustServer: "http://127.0.0.1:${port}", trustOnFirstUse: true}}]\n`,
    );
    writeFileSync(
      join(folder, "trustpolicy.json"),
      JSON.stringify({
        version: "1.0",
        trustPolicies: [
          {
            name: "signed",
            registryScopes: ["*"],
            signatureVerification: { level: "strict" },
            trustStores: ["ca:signer.example"],
            trustedIdentities: ["*"],
          },
        ],
      }),
    );
    // The same policy at every gate: without a file admission would ask for Docker Content Trust as well.
    writeFileSync(
      join(folder, "policy.yaml"),
      'apiVersion: haechi.dev/v1\nkind: ClusterImagePolicy\nmetadata: {name: scanned}\nspec: {repositories: [{name: "*", policy: {scan: {required: true}, vulnerability: {maxSeverity: none, onlyFixable: true}}}]}\n',
    );
    const required = `team/=${join(folder, "cosign.pub")},remote/=${join(folder, "notary.yaml")}`;
    args = [
      ...["--registry-require-signatures", required],
      ...["--policy-files", join(folder, "policy.yaml")],
      ...["--registry-scan-wait", "5s"],
    ];
    configured = {
      HAECHI_REGISTRY_REQUIRE_SIGNATURES: required,
      HAECHI_POLICY_FILES: join(folder, "policy.yaml"),
      HAECHI_CACHE_DIR: join(folder, "cache"),
    };
    server = await startServerProcess({ dataDir: join(folder, "data"), args });
    api = await openApiSession(server, server.password);
    logIn();
  });

  afterAll(async () => {
    await server?.stop();
    silent?.close();
    await rm(folder, { recursive: true, force: true });
  });

  function logIn(): void {
    const auth = Buffer.from(`admin:${NEW_PASSWORD}`).toString("base64");
    mkdirSync(join(folder, "docker"), { recursive: true });
    writeFileSync(join(folder, "docker/config.json"), JSON.stringify({ auths: { [server.registry]: { auth } } }));
  }

  async function cosign(...words: readonly string[]): Promise<ToolResult> {
    return await runTool(tool("cosign"), words, { environment });
  }

  async function succeed(running: Promise<ToolResult>): Promise<ToolResult> {
    const result = await running;
    expect(result).toMatchObject({ code: 0 });
    return result;
  }

  async function sign(reference: string, key = "cosign", ...more: readonly string[]): Promise<void> {
    const image = `${server.registry}/${reference}`;
    await succeed(cosign("sign", "--key", join(folder, `${key}.key`), ...OFFLINE, ...more, image));
  }

  async function push(fixture: "good" | "bad", name: string): Promise<void> {
    const to = ["--dest-tls-verify=false", "--dest-creds", `admin:${NEW_PASSWORD}`];
    await succeed(
      runTool(tool("skopeo"), ["copy", ...to, `oci:${fixtures[fixture]}`, `docker://${server.registry}/${name}`]),
    );
    await eventually(async () => {
      const { platforms } = await describeImage(name);
      return platforms.every(({ scanState }) => scanState === "done") || undefined;
    });
  }

  async function pull(name: string): Promise<ToolResult> {
    const from = ["--src-tls-verify=false", "--src-creds", `admin:${NEW_PASSWORD}`];
    return await runTool(tool("skopeo"), [
      ...["copy", ...from, `docker://${server.registry}/${name}`],
      `oci:${join(folder, `pulled-${digestOf(name + String(performance.now())).slice(7, 19)}`)}`,
    ]);
  }

  async function describeImage(name: string): Promise<ImageBody> {
    return await api.get<ImageBody>(`/api/v1/image?image=${encodeURIComponent(name)}&lang=en`);
  }

  /** `name` is `repository:tag` or `repository@digest`. */
  async function ask(name: string): Promise<Said> {
    const at = name.includes("@") ? name.indexOf("@") : name.lastIndexOf(":");
    const manifest = await pullManifest(server.registry, name.slice(0, at), name.slice(at + 1), ADMIN);
    const detail = manifest.ok
      ? { outcome: "allow", reasons: [] }
      : (
          (await manifest.json()) as {
            errors: { detail: { outcome: string; reasons: readonly Coded[] } }[];
          }
        ).errors[0]?.detail;
    const { response } = await askAdmission(server.admissionUrl, podReview(`${server.registry}/${name}`));
    const causes = response.status?.details?.causes ?? [];
    const shown = await describeImage(name);
    const location = `docker://${server.registry}/${name}`;
    const verified = await haechi("verify", "--key", join(folder, "cosign.pub"), "--format", "json", location);
    const { verdict } = JSON.parse((await haechi("scan", "--format", "json", location)).stdout) as {
      verdict: ImageBody["verdict"];
    };
    return {
      registry: { outcome: detail?.outcome ?? "", codes: codesOf(detail?.reasons ?? []) },
      admission: {
        outcome: response.allowed ? "allow" : response.status?.code === 503 ? "undecided" : "deny",
        codes: codesOf(causes.map(({ reason }) => ({ code: reason }))),
      },
      api: {
        outcome: shown.verdict.outcome,
        codes: codesOf(shown.verdict.reasons),
        signatures: shown.signatures?.state,
      },
      scan: { outcome: verdict.outcome, codes: codesOf(verdict.reasons) },
      verify: { code: verified.code, state: stateIn(verified) },
    };
  }

  /** Our command line on the machine of the server, under the same account and configuration. */
  async function haechi(...words: readonly string[]): Promise<ToolResult> {
    const result = await runTool(process.execPath, [HAECHI, ...words], {
      environment: { ...configured, HAECHI_DATA_DIR: server.dataDir, HAECHI_LISTEN_REGISTRY: server.registry },
    });
    // the gate refuses images to clients, and lets who runs it look at them
    expect(result.stderr).not.toMatch(/denied/i);
    return result;
  }

  function stateIn({ stdout }: ToolResult): string {
    return (JSON.parse(stdout) as { state: string }).state;
  }

  function all(outcome: "allow" | "deny", codes: readonly string[], signatures: string): Said {
    const said = { outcome, codes };
    const verify = { code: outcome === "allow" ? 0 : 1, state: signatures };
    return { registry: said, admission: said, api: { ...said, signatures }, scan: said, verify };
  }

  const UNSIGNED = all("deny", ["SIGNATURE_MISSING"], "none");
  const BAD = all("deny", ["SIGNATURE_INVALID"], "bad");
  const SIGNED = all("allow", [], "verified");

  it("refuses an unsigned image, and the client prints why and what to do", async () => {
    await push("good", "team/app:1.0");
    const { code, stderr } = await pull("team/app:1.0");
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/denied by policy/);
    expect(stderr).toMatch(/cosign sign --key/);
    expect(await ask("team/app:1.0")).toEqual(UNSIGNED);
  });

  it("says the same to `haechi verify` without a key, by the configuration of the server", async () => {
    const location = `docker://${server.registry}/team/app:1.0`;
    const result = await haechi("verify", "--format", "json", location);
    expect({ code: result.code, state: stateIn(result) }).toEqual({ code: 1, state: "none" });
    expect((await haechi("verify", location)).stdout).toMatch(/cosign sign --key/);
  });

  it("lets it go within a second after cosign signed it, at every gate", async () => {
    await sign("team/app:1.0");
    // an event of the push tells the gate, not the end of some cache's patience: that would be more than ten looks
    let looks = 0;
    await eventually(async () => {
      looks += 1;
      const { ok } = await pullManifest(server.registry, "team/app", "1.0", ADMIN);
      return ok || looks === 10 ? ok : undefined;
    });
    expect(await pull("team/app:1.0")).toMatchObject({ code: 0 });
    expect(await ask("team/app:1.0")).toEqual(SIGNED);
    const { signatures } = await describeImage("team/app:1.0");
    expect(signatures?.verified).toMatchObject([
      { checks: expect.arrayContaining(["signature", "digest"]) as unknown },
    ]);
    expect(signatures?.problems).toEqual([]);
  });

  it("is verified by cosign from this registry", async () => {
    const key = ["--key", join(folder, "cosign.pub"), "--insecure-ignore-tlog", "--allow-http-registry"];
    await succeed(cosign("verify", ...key, `${server.registry}/team/app:1.0`));
  });

  it("takes the older form of cosign's signatures, a tag", async () => {
    await push("good", "team/legacy:1.0");
    expect(await ask("team/legacy:1.0")).toEqual(UNSIGNED);
    await sign("team/legacy:1.0", "cosign", "--new-bundle-format=false");
    expect(await ask("team/legacy:1.0")).toEqual(SIGNED);
  });

  it("refuses a signature by another key, louder than none", async () => {
    await push("good", "team/other:1.0");
    await sign("team/other:1.0", "other");
    expect(await ask("team/other:1.0")).toEqual(BAD);
    const { signatures } = await describeImage("team/other:1.0");
    expect(signatures?.problems).toMatchObject([
      { code: "KEY_MISMATCH", text: expect.stringContaining("key") as unknown },
    ]);
    await sign("team/other:1.0", "cosign");
    expect((await ask("team/other:1.0")).api).toEqual(SIGNED.api);
  });

  it("does not take the signature of another image that somebody copied", async () => {
    await push("good", "team/victim:1.0");
    await push("bad", "team/copied:1.0");
    await sign("team/victim:1.0");
    await copySignature("team/victim", "team/copied");
    const said = await ask("team/copied:1.0");
    expect(said.registry.outcome).toBe("deny");
    expect(said.registry.codes).toContain("SIGNATURE_INVALID");
    expect(said.api).toMatchObject({ outcome: "deny", signatures: "bad" });
    expect(said.scan).toEqual(said.registry);
    expect(said.verify).toEqual({ code: 1, state: "bad" });
    const { signatures } = await describeImage("team/copied:1.0");
    expect(signatures?.problems.map(({ code }) => code)).toContain("DIGEST_MISMATCH");
  });

  it("lets a vulnerable image be signed, and still refuses it", async () => {
    await push("bad", "team/bad:1.0");
    await sign("team/bad:1.0");
    const said = await ask("team/bad:1.0");
    expect(said.registry).toEqual({ outcome: "deny", codes: ["VULNERABILITY"] });
    expect(said.admission).toEqual(said.registry);
    expect(said.api).toEqual({ ...said.registry, signatures: "verified" });
    expect(said.scan).toEqual(said.registry);
    expect(said.verify).toEqual({ code: 0, state: "verified" });
    expect((await pull("team/bad:1.0")).code).not.toBe(0);
  });

  it("takes signatures of notation for a refused image", async () => {
    const notation = (...words: readonly string[]) => runTool(tool("notation"), words, { environment });
    await push("good", "team/notation:1.0");
    await succeed(notation("cert", "generate-test", "--default", "signer.example"));
    await succeed(notation("sign", "--insecure-registry", `${server.registry}/team/notation:1.0`));
    // It is there, and not what the policy asks for.
    expect((await ask("team/notation:1.0")).registry).toEqual(UNSIGNED.registry);
    const certificate = join(folder, "xdg/notation/truststore/x509/ca/signer.example/signer.example.crt");
    for (const { store, want } of [
      { store: `ca:signer.example=${certificate}`, want: { code: 0, state: "verified" } },
      { store: `ca:signer.example=${await otherCertificate()}`, want: { code: 1, state: "bad" } },
    ]) {
      const policy = ["--trust-policy", join(folder, "trustpolicy.json"), "--trust-store", store];
      const location = `docker://${server.registry}/team/notation:1.0`;
      const result = await haechi("verify", ...policy, "--format", "json", location);
      expect({ code: result.code, state: stateIn(result) }).toEqual(want);
    }
  });

  async function otherCertificate(): Promise<string> {
    const xdg = join(folder, "other-xdg");
    const words = ["cert", "generate-test", "signer.example"];
    await succeed(runTool(tool("notation"), words, { environment: { ...environment, XDG_CONFIG_HOME: xdg } }));
    return join(xdg, "notation/localkeys/signer.example.crt");
  }

  describe("an index", () => {
    const repository = "team/multi";
    let child: { readonly digest: Digest; readonly size: number };

    it("that is signed without its child is refused, and so is the child", async () => {
      await push("good", `${repository}:child`);
      const { digest } = await describeImage(`${repository}:child`);
      const token = await fetchToken(server.registry, { repository, actions: "pull,inspect" }, ADMIN);
      const manifest = await fetch(`http://${server.registry}/v2/${repository}/manifests/${digest}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      child = { digest, size: (await manifest.arrayBuffer()).byteLength };
      await putManifest(repository, "1.0", OCI_INDEX, {
        schemaVersion: 2,
        mediaType: OCI_INDEX,
        manifests: [{ mediaType: OCI_MANIFEST, ...child, platform: { os: "linux", architecture: "amd64" } }],
      });
      await sign(`${repository}:1.0`);
      expect((await ask(`${repository}@${child.digest}`)).registry).toEqual(UNSIGNED.registry);
      const said = await ask(`${repository}:1.0`);
      expect(said.registry.outcome).toBe("deny");
      expect(said.admission.outcome).toBe("deny");
      expect(said.api.outcome).toBe("deny");
      expect(said.scan.outcome).toBe("deny");
      expect(said.verify.code).toBe(1);
    });

    it("is let go when its child is signed as well", async () => {
      await sign(`${repository}:1.0`, "cosign", "--recursive");
      expect(await ask(`${repository}:1.0`)).toEqual(SIGNED);
      expect((await ask(`${repository}@${child.digest}`)).registry).toEqual(SIGNED.registry);
    });
  });

  it("is undecided, not unsigned, while a trust service does not answer, and holds up nobody else", async () => {
    await push("good", "remote/app:1.0");
    const waiting = pullManifest(server.registry, "remote/app", "1.0", ADMIN);
    const review = askAdmission(server.admissionUrl, podReview(`${server.registry}/remote/app:1.0`));
    const others = await Promise.all(
      Array.from({ length: 20 }, () => pullManifest(server.registry, "team/app", "1.0", ADMIN)),
    );
    expect(others.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    const answer = await waiting;
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({
      errors: [{ code: "DENIED", detail: { outcome: "undecided", reasons: [{ code: "SIGNATURE_UNDECIDED" }] } }],
    });
    const { response } = await review;
    expect(response).toMatchObject({ allowed: false, status: { code: 503 } });
    expect(response.status?.details?.causes?.map(({ reason }) => reason)).toEqual(["SIGNATURE_UNDECIDED"]);
    const { verdict, signatures } = await describeImage("remote/app:1.0");
    expect({ outcome: verdict.outcome, signatures: signatures?.state }).toEqual({
      outcome: "undecided",
      signatures: "unknown",
    });
    expect(hasBeenAsked).toBe(true);
  });

  it("says the same after a restart", async () => {
    await server.stop();
    server = await startServerProcess({ dataDir: server.dataDir, args });
    api = await openApiSession(server);
    logIn();
    expect(await ask("team/app:1.0")).toEqual(SIGNED);
    expect((await ask("team/notation:1.0")).registry).toEqual(UNSIGNED.registry);
    expect((await ask("team/copied:1.0")).api.signatures).toBe("bad");
    expect((await ask("team/multi:1.0")).registry).toEqual(SIGNED.registry);
  });

  async function send(
    method: string,
    path: string,
    options: { headers?: Record<string, string>; body?: Buffer | string },
  ) {
    const basic = Buffer.from(`admin:${NEW_PASSWORD}`).toString("base64");
    const answer = await fetch(`http://${server.registry}${path}`, {
      method,
      headers: { authorization: `Basic ${basic}`, ...options.headers },
      ...(options.body === undefined ? {} : { body: options.body }),
    });
    if (!answer.ok) {
      throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    }
    return Buffer.from(await answer.arrayBuffer());
  }

  async function putManifest(repository: string, name: string, mediaType: string, manifest: unknown): Promise<void> {
    await send("PUT", `/v2/${repository}/manifests/${name}`, {
      headers: { "content-type": mediaType },
      body: JSON.stringify(manifest),
    });
  }

  /** Attaches the bundle that signs the one image to the other, as somebody would who wants it to look signed. */
  async function copySignature(from: string, to: string): Promise<void> {
    const { digest } = await describeImage(`${from}:1.0`);
    const target = await describeImage(`${to}:1.0`);
    const referrers = JSON.parse((await send("GET", `/v2/${from}/referrers/${digest}`, {})).toString()) as {
      manifests: { digest: string }[];
    };
    const manifest = JSON.parse(
      (await send("GET", `/v2/${from}/manifests/${referrers.manifests[0]?.digest ?? ""}`, {})).toString(),
    ) as { config: { digest: string }; layers: { digest: string }[]; subject: { digest: string; size: number } };
    for (const { digest: blob } of [manifest.config, ...manifest.layers]) {
      const bytes = await send("GET", `/v2/${from}/blobs/${blob}`, {});
      await send("POST", `/v2/${to}/blobs/uploads/?digest=${blob}`, { body: bytes });
    }
    const layout = JSON.parse(readFileSync(join(fixtures.bad, "index.json"), "utf8")) as {
      manifests: { size: number }[];
    };
    const subject = { ...manifest.subject, digest: target.digest, size: layout.manifests[0]?.size ?? 0 };
    const copied = { ...manifest, subject };
    await putManifest(to, digestOf(JSON.stringify(copied)), OCI_MANIFEST, copied);
  }
});
