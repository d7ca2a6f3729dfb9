// SPDX-License-Identifier: Apache-2.0
import type { ShellCommand } from "./split-commands.ts";

const DOWNLOADERS: ReadonlySet<string> = new Set(["curl", "wget", "fetch"]);
const INTERPRETERS: ReadonlySet<string> = new Set([
  "sh",
  "bash",
  "ash",
  "dash",
  "zsh",
  "ksh",
  "python",
  "python3",
  "perl",
  "ruby",
  "node",
  "php",
]);

/** The program's name, without its folder, and without `sudo` or `env` before it. */
export function programOf({ words }: ShellCommand): string {
  const [first = "", second = ""] = words.filter((word) => !word.startsWith("-"));
  const name = baseName(first);
  return name === "sudo" || name === "env" ? baseName(second) : name;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The interpreter to which a download is piped, if there is one. */
export function isPipedDownload(commands: readonly ShellCommand[]): string | undefined {
  let isDownload = false;
  for (const command of commands) {
    const program = programOf(command);
    if (command.operator !== "|") {
      isDownload = false;
    }
    if (isDownload && INTERPRETERS.has(program)) {
      return program;
    }
    isDownload ||= DOWNLOADERS.has(program);
  }
  return undefined;
}

const UNVERIFIED: Readonly<Record<string, RegExp>> = {
  curl: /^(?:--insecure|-[a-zA-Z]*k[a-zA-Z]*)$/,
  wget: /^--no-check-certificate$/,
  "apt-get": /^(?:--allow-unauthenticated|--force-yes|--allow-insecure-repositories)$/,
  apt: /^(?:--allow-unauthenticated|--force-yes|--allow-insecure-repositories)$/,
  apk: /^--allow-untrusted$/,
  yum: /^--nogpgcheck$/,
  dnf: /^--nogpgcheck$/,
  microdnf: /^--nogpgcheck$/,
  zypper: /^(?:--no-gpg-checks|--gpg-auto-import-keys)$/,
  rpm: /^(?:--nosignature|--nodigest|--nogpg)$/,
  pip: /^--trusted-host(?:=.*)?$/,
  pip3: /^--trusted-host(?:=.*)?$/,
  npm: /^--(?:no-strict-ssl|strict-ssl=false)$/,
  git: /^http\.sslVerify=(?:false|0)$/i,
};

/** Whether a download is made from whoever answers. */
export function isUnverifiedDownload(command: ShellCommand): boolean {
  const flag = UNVERIFIED[programOf(command)];
  return flag !== undefined && command.words.some((word) => flag.test(word));
}

/** Whether files are made writable for everybody; the sticky bit on folders makes it harmless. */
export function hasOpenMode(command: ShellCommand): boolean {
  return (
    programOf(command) === "chmod" &&
    command.words.some((word) => /^(?:0?[0-7]{2}[2367]|[augo]*[oa][ugoa]*\+[rx]*w[rwx]*|\+[rx]*w[rwx]*)$/.test(word))
  );
}
