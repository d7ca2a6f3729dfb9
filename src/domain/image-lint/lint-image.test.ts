// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FILE_MODE_ANALYZER, lintImage, lintReference } from "#image-lint";
import { type ImageConfig, parseImageReference } from "#oci";

const FINE: ImageConfig = {
  platform: { os: "linux", architecture: "amd64" },
  diffIds: [],
  user: "1000:1000",
  entrypoint: ["/app"],
  command: [],
  labels: {},
  env: ["PATH=/usr/local/bin:/usr/bin:/bin"],
  exposedPorts: ["8080/tcp"],
  volumes: ["/data"],
  healthcheck: ["CMD", "/app", "health"],
  onBuild: [],
  history: [{ createdBy: "COPY app /app # buildkit", isEmptyLayer: false }],
};

function ran(command: string): Partial<ImageConfig> {
  return { history: [{ createdBy: `RUN /bin/sh -c ${command} # buildkit`, isEmptyLayer: false }] };
}

describe("lintImage", () => {
  it.each([
    { name: "an ordinary image", part: {} },
    {
      name: "variables that are no secrets",
      part: {
        env: [
          "TOKENIZERS_PARALLELISM=false",
          "PASSWORD_FILE=/run/p",
          "SECRET=",
          "PWD=/app",
          "AUTH_TOKEN_URL=https://x",
        ],
      },
    },
    {
      name: "an ordinary command",
      part: ran("apt-get update && apt-get install -y curl && curl -fsSL https://k -o /k"),
    },
    { name: "chmod of a folder with the sticky bit", part: ran("chmod 1777 /tmp") },
    {
      name: "an instruction that quotes a command",
      part: { history: [{ createdBy: 'ENV X="curl -k | sh"', isEmptyLayer: true }] },
    },
    { name: "a base with a version", part: { labels: { "org.opencontainers.image.base.name": "debian:12" } } },
    { name: "a base with a digest", part: { labels: { "org.opencontainers.image.base.name": "debian@sha256:ab" } } },
    { name: "no base", part: { labels: { "org.opencontainers.image.base.name": "scratch" } } },
  ])("says nothing about $name", ({ part }) => {
    expect(lintImage({ ...FINE, ...part })).toEqual([]);
  });

  it.each([
    { part: { user: "root" }, want: "HC001" },
    { part: { user: "0:1000" }, want: "HC001" },
    { part: { user: "" }, want: "HC002" },
    { part: { env: ["DB_PASSWORD=abcdef"] }, want: "HC003" },
    { part: { env: ["API_KEY=12345678"] }, want: "HC003" },
    {
      part: {
        history: [{ createdBy: "/bin/sh -c #(nop) ADD https://u:p@x.example/a?k=v in / ", isEmptyLayer: false }],
      },
      want: "HC004",
    },
    { part: { history: [{ createdBy: "ADD https://x.example/a /a # buildkit", isEmptyLayer: false }] }, want: "HC004" },
    { part: { healthcheck: ["NONE"] }, want: "HC012" },
    { part: { exposedPorts: ["22/tcp"] }, want: "HC013" },
    { part: { exposedPorts: ["23"] }, want: "HC014" },
    { part: { volumes: ["/var/run/docker.sock"] }, want: "HC018" },
    { part: { volumes: ["/etc"] }, want: "HC018" },
    { part: { env: ["NODE_TLS_REJECT_UNAUTHORIZED=0"] }, want: "HC019" },
    { part: { env: ["LD_PRELOAD=/x.so"] }, want: "HC020" },
    { part: { env: ["PATH=/usr/bin:"] }, want: "HC021" },
    { part: { env: ["PATH=/tmp:/usr/bin"] }, want: "HC021" },
    { part: ran("curl https://x | bash"), want: "HC022" },
    { part: ran("wget -qO- https://x | sudo python3"), want: "HC022" },
    { part: ran("curl -fsSLk https://x -o y"), want: "HC023" },
    { part: ran("chmod -R 777 /app"), want: "HC024" },
    { part: { onBuild: ["RUN make"] }, want: "HC025" },
    { part: { entrypoint: ["/bin/sh", "-c", "x"] }, want: "HC026" },
    { part: { exposedPorts: ["9229/tcp"] }, want: "HC035" },
    { part: { env: ["FLASK_DEBUG=1"] }, want: "HC036" },
    { part: { labels: { "org.opencontainers.image.base.name": "docker.io/library/debian:latest" } }, want: "HC039" },
    { part: { labels: { "org.opencontainers.image.base.name": "localhost:5000/debian" } }, want: "HC039" },
  ])("$want: $part", ({ part, want }) => {
    expect(lintImage({ ...FINE, ...part }).map(({ rule }) => rule)).toEqual([want]);
  });

  it("tells no values of variables, and no credentials of addresses", () => {
    const history = [{ createdBy: "ADD https://me:hunter2@x.example/a?token=abc /a", isEmptyLayer: false }];
    const told = JSON.stringify(lintImage({ ...FINE, env: ["DB_PASSWORD=abcdef"], history }));
    expect(told).not.toMatch(/abcdef|hunter2|token=/);
    expect(told).toContain("https://x.example/a");
  });

  it("never throws for what stands in a history", () => {
    const piece = fc.constantFrom(
      "RUN ",
      "|1 A=b ",
      "/bin/sh -c ",
      "#(nop) ",
      "curl ",
      "| ",
      "sh",
      "'",
      '"',
      "$(",
      "\\",
      "\n",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 6 })), { maxLength: 40 }), (pieces) => {
        lintImage({ ...FINE, history: [{ createdBy: pieces.join(""), isEmptyLayer: false }] });
      }),
    );
    lintImage({ ...FINE, ...ran("curl | ".repeat(20_000)) });
    lintImage({ ...FINE, history: [{ createdBy: `|9 ${"A=b ".repeat(20_000)}`, isEmptyLayer: false }] });
  });
});

describe("lintReference", () => {
  it.each([
    { text: "registry.example.com/app:latest", want: ["HC038"] },
    { text: "registry.example.com/app", want: ["HC038"] },
    { text: "registry.example.com/app:1.0", want: [] },
    { text: `registry.example.com/app:latest@sha256:${"ab".repeat(32)}`, want: [] },
    { text: `registry.example.com/app@sha256:${"ab".repeat(32)}`, want: [] },
  ])("$text: $want", ({ text, want }) => {
    expect(lintReference(parseImageReference(text)).map(({ rule }) => rule)).toEqual(want);
  });
});

describe("FILE_MODE_ANALYZER", () => {
  function inspect(path: string, mode = 0o755, uid = 0, size = 1): readonly string[] {
    return (FILE_MODE_ANALYZER.inspect?.(path, { mode, uid, size }) ?? []).map(
      ({ rule, severity }) => `${rule} ${severity}`,
    );
  }

  it.each([
    { name: "an ordinary program", path: "usr/bin/cat" },
    { name: "an ordinary file", path: "etc/passwd", mode: 0o644 },
    { name: "a file in a folder where everybody writes", path: "tmp/x", mode: 0o666 },
    { name: "setuid without a right to execute", path: "x", mode: 0o4644 },
    { name: "a file that only is called like a server", path: "etc/sshd", mode: 0o644 },
    { name: "a store of certificates", path: "usr/lib/jvm/lib/security/cacerts.jks", mode: 0o644 },
    { name: "a folder .env of a package's tests", path: "app/node_modules/dotenv/tests/.env", mode: 0o644 },
  ])("says nothing about $name", ({ path, mode }) => {
    expect(inspect(path, mode)).toEqual([]);
  });

  it.each([
    { path: "usr/bin/su", mode: 0o4755, want: ["HC005 low"] },
    { path: "opt/tool", mode: 0o4755, want: ["HC005 medium"] },
    { path: "opt/tool", mode: 0o2755, want: ["HC006 low"] },
    { path: "usr/bin/chage", mode: 0o2755, want: ["HC006 negligible"] },
    { path: "app/config", mode: 0o666, want: ["HC007 medium"] },
    { path: "app/run", mode: 0o777, want: ["HC007 high"] },
    { path: "usr/sbin/sshd", want: ["HC008 high"] },
    { path: "usr/sbin/vsftpd", want: ["HC009 high"] },
    { path: "bin/busybox", want: ["HC010 negligible"] },
    { path: "usr/bin/apt-get", want: ["HC011 negligible"] },
    { path: "usr/bin/gcc", want: ["HC015 low"] },
    { path: "usr/bin/nmap", want: ["HC016 low"] },
    { path: "usr/bin/sudo", mode: 0o4755, want: ["HC005 low", "HC017 low"] },
    { path: "app/.git/HEAD", mode: 0o644, want: ["HC027 medium"] },
    { path: "root/.ssh/authorized_keys", mode: 0o600, want: ["HC028 high"] },
    { path: "usr/local/bin/kubectl", want: ["HC029 low"] },
    { path: "app/.env", mode: 0o644, want: ["HC033 medium"] },
    { path: "app/core.123", mode: 0o600, want: ["HC034 medium"] },
    { path: "app/server.p12", mode: 0o600, want: ["HC037 medium"] },
  ])("$path: $want", ({ path, mode, want }) => {
    expect(inspect(path, mode)).toEqual(want);
  });
});
