// SPDX-License-Identifier: Apache-2.0
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { describe } from "vitest";

/** Which Debian package brings a tool, for the line that says what to install. */
const PACKAGES: Readonly<Record<string, string>> = {
  skopeo: "skopeo",
  umoci: "umoci",
  podman: "podman",
  buildah: "buildah",
  containerd: "containerd",
  ctr: "containerd",
  mmdebstrap: "mmdebstrap",
  chromium: "chromium",
  "docker-registry": "docker-registry",
  kubectl: "kubectl (Debian forky or newer)",
  helm: "none: npm run prepare:helm",
  runc: "runc",
  crane: "crane (Debian forky or newer)",
  oras: "oras (Debian forky or newer)",
  cosign: "cosign (Debian forky or newer)",
  notation: "notation (Debian forky or newer)",
  notary: "notary",
  "notary-server": "notary",
  "notary-signer": "notary",
  go: "golang-go (Go 1.21 or newer)",
  gpg: "gnupg",
  gpgconf: "gnupg",
  dpkg: "dpkg",
  "dpkg-query": "dpkg",
  rpm: "rpm",
  rpmbuild: "rpm",
  "db5.3_load": "db5.3-util",
  upx: "upx-ucl (Debian bookworm-backports)",
  zstd: "zstd",
  python3: "python3-venv",
  ruby: "ruby",
  php: "php-cli and php-composer-semver",
  java: "default-jre-headless, libmaven3-core-java and libcommons-lang3-java",
  gem: "ruby",
  script: "bsdutils",
  mount: "mount, and root",
  initdb: "postgresql-15",
  clamd: "clamav-daemon",
  nginx: "nginx",
  openssl: "openssl",
  elixir: "elixir",
  curl: "curl",
};

/** Where `tools/ci/fetch-tools.sh` and `npm run prepare:helm` put single tools, in `bin`. */
export function toolsFolder(): string {
  return process.env["HAECHI_TOOLS_DIR"] ?? join(process.env["HOME"] ?? "/", ".cache/haechi/tools");
}

/** Folders beside PATH in which Debian keeps servers, and the folder of single tools. */
function searchPath(): readonly string[] {
  return [
    join(toolsFolder(), "bin"),
    ...(process.env["PATH"] ?? "").split(delimiter),
    "/usr/lib/postgresql/15/bin",
    "/usr/sbin",
  ];
}

/** The absolute path of a tool, or `undefined`. */
export function findTool(name: string): string | undefined {
  for (const folder of searchPath()) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not here: look in the next folder
    }
  }
  return undefined;
}

/** The absolute path of a tool that the enclosing `describeWithTools` asked for. */
export function tool(name: string): string {
  const path = findTool(name);
  if (path === undefined) {
    throw new Error(`${name} is not installed`);
  }
  return path;
}

/**
 * A `describe` that needs real tools. Where one is missing its tests are skipped with one line that says what to
 * install; with CI=true that is a failure, so that CI cannot go green by skipping.
 */
export function describeWithTools(name: string, tools: readonly string[], body: () => void): void {
  const missing = tools.filter((each) => findTool(each) === undefined);
  if (missing.length === 0) {
    describe(name, body);
    return;
  }
  const hint = missing.map((each) => `${each} (Debian package ${PACKAGES[each] ?? each})`).join(", ");
  if (process.env["CI"] === "true") {
    throw new Error(`${name}: CI must not skip; missing ${hint}`);
  }
  process.stderr.write(`skipped: ${name}: install ${hint}\n`);
  describe.skip(name, body);
}
