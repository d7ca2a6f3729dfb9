// SPDX-License-Identifier: Apache-2.0
import type { HistoryEntry, ImageConfig } from "#oci";
import type { ImageObservation } from "#packages";
import { observe } from "./check-rule.ts";
import { IMAGE_CHECK } from "./checks/image-checks.ts";
import { lintHistory } from "./lint-history.ts";
import { lintBaseName } from "./lint-reference.ts";
import { lintVariables } from "./lint-variables.ts";

const ROOT = /^(?:root|0+)?(?::.*)?$/;

/** Ports whose protocol sends passwords as they are. */
const PLAIN_PORTS: Readonly<Record<string, string>> = {
  "21": "FTP",
  "23": "Telnet",
  "69": "TFTP",
  "110": "POP3",
  "143": "IMAP",
  "512": "rexec",
  "513": "rlogin",
  "514": "rsh",
  "873": "rsync",
  "2375": "Docker",
  "5900": "VNC",
};

/** Ports through which whoever reaches them runs code. */
const DEBUG_PORTS: Readonly<Record<string, string>> = {
  "5005": "JDWP",
  "8787": "JDWP",
  "9229": "Node.js inspector",
  "5858": "Node.js debugger",
  "5678": "debugpy",
  "40000": "Delve",
  "2345": "Delve",
};

/** Folders of the host or the system that a volume should not cover. */
const SENSITIVE_VOLUME =
  /^\/(?:$|(?:bin|boot|dev|etc|lib|lib64|proc|sbin|sys|usr|root)(?:\/.*)?$|var\/?$|(?:var\/)?run\/(?:docker|containerd|crio|podman).*)/;

/**
 * What the configuration and history of an image say about how it runs and how it was made. `history` is that of the configuration
 * unless given.
 */
export function lintImage(
  config: ImageConfig,
  history: readonly HistoryEntry[] = config.history,
): readonly ImageObservation[] {
  return [
    ...lintUser(config),
    ...lintHealthcheck(config),
    ...lintPorts(config),
    ...lintVolumes(config),
    ...lintVariables(config.env),
    ...lintStart(config),
    ...lintBaseName(config),
    ...lintHistory(history),
  ];
}

function lintUser({ user }: ImageConfig): readonly ImageObservation[] {
  if (user === undefined || user.trim() === "") {
    return [observe(IMAGE_CHECK.noUser)];
  }
  return ROOT.test(user.trim()) ? [observe(IMAGE_CHECK.rootUser, { excerpt: `USER ${user}`, params: { user } })] : [];
}

function lintHealthcheck({ healthcheck }: ImageConfig): readonly ImageObservation[] {
  const isOff = healthcheck === undefined || healthcheck.length === 0 || healthcheck[0] === "NONE";
  return isOff ? [observe(IMAGE_CHECK.noHealthcheck)] : [];
}

function lintPorts({ exposedPorts }: ImageConfig): readonly ImageObservation[] {
  return exposedPorts.flatMap((exposed) => {
    const [port = ""] = exposed.split("/", 1);
    const params = { port: exposed };
    if (port === "22" || port === "2222") {
      return [observe(IMAGE_CHECK.sshPort, { excerpt: `EXPOSE ${exposed}`, params })];
    }
    const plain = PLAIN_PORTS[port];
    if (plain !== undefined) {
      return [
        observe(IMAGE_CHECK.insecurePort, { excerpt: `EXPOSE ${exposed}`, params: { ...params, protocol: plain } }),
      ];
    }
    const debug = DEBUG_PORTS[port] ?? "";
    return debug === ""
      ? []
      : [observe(IMAGE_CHECK.debugPort, { excerpt: `EXPOSE ${exposed}`, params: { ...params, protocol: debug } })];
  });
}

function lintVolumes({ volumes }: ImageConfig): readonly ImageObservation[] {
  return volumes
    .filter((path) => SENSITIVE_VOLUME.test(path))
    .map((path) => observe(IMAGE_CHECK.sensitiveVolume, { excerpt: `VOLUME ${path}`, params: { path } }));
}

function lintStart({ entrypoint, command, onBuild }: ImageConfig): readonly ImageObservation[] {
  const [program = "", flag] = entrypoint.length > 0 ? entrypoint : command;
  const isShell = /^(?:\/usr)?\/?(?:bin\/)?(?:sh|bash|ash|dash)$/.test(program) && flag === "-c";
  return [
    ...(isShell ? [observe(IMAGE_CHECK.shellEntrypoint, { excerpt: `${program} -c` })] : []),
    ...(onBuild.length > 0 ? [observe(IMAGE_CHECK.onBuild, { params: { count: String(onBuild.length) } })] : []),
  ];
}
