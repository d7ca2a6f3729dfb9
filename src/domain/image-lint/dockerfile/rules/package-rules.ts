// SPDX-License-Identifier: Apache-2.0
import type { CheckRule } from "../../check-rule.ts";
import { DOCKERFILE_CHECK } from "../../checks/dockerfile-checks.ts";
import { programOf } from "../../shell/risky-commands.ts";
import type { ShellCommand } from "../../shell/split-commands.ts";
import type { BuildStage } from "../instruction.ts";
import type { LintContext, RunScript } from "../lint-context.ts";
import { type Installation, readInstallation } from "./read-installation.ts";

const PIN: Readonly<Record<Installation["manager"], CheckRule>> = {
  apt: DOCKERFILE_CHECK.aptPin,
  apk: DOCKERFILE_CHECK.apkPin,
  yum: DOCKERFILE_CHECK.yumPin,
  dnf: DOCKERFILE_CHECK.dnfPin,
  zypper: DOCKERFILE_CHECK.zypperPin,
  pip: DOCKERFILE_CHECK.pipPin,
  npm: DOCKERFILE_CHECK.npmPin,
  gem: DOCKERFILE_CHECK.gemPin,
  go: DOCKERFILE_CHECK.goPin,
  yarn: DOCKERFILE_CHECK.npmPin,
};

const YES: Readonly<Partial<Record<Installation["manager"], CheckRule>>> = {
  apt: DOCKERFILE_CHECK.aptYes,
  yum: DOCKERFILE_CHECK.yumYes,
  dnf: DOCKERFILE_CHECK.dnfYes,
  zypper: DOCKERFILE_CHECK.zypperYes,
};

/** What has to stand in the same RUN as an installation, unless a cache mount holds the folder. */
const CLEANING: Readonly<
  Partial<Record<Installation["manager"], { readonly check: CheckRule; readonly done: RegExp; readonly cache: RegExp }>>
> = {
  apt: {
    check: DOCKERFILE_CHECK.aptLists,
    done: /^rm .*\/var\/lib\/apt(?:\/lists)?(?:\/?\*?)?(?: |$)/,
    cache: /\/var\/(?:lib|cache)\/apt/,
  },
  yum: {
    check: DOCKERFILE_CHECK.yumClean,
    done: /^(?:yum|dnf) clean all|^rm .*\/var\/cache\/yum/,
    cache: /\/var\/cache\/yum/,
  },
  dnf: {
    check: DOCKERFILE_CHECK.dnfClean,
    done: /^(?:micro)?dnf5? clean all|^rm .*\/var\/cache\/(?:lib)?dnf/,
    cache: /\/var\/cache\/(?:lib)?dnf/,
  },
  zypper: { check: DOCKERFILE_CHECK.zypperClean, done: /^zypper (?:-\S+ )*(?:clean|cc)/, cache: /\/var\/cache\/zypp/ },
  yarn: { check: DOCKERFILE_CHECK.yarnClean, done: /^yarn cache clean/, cache: /yarn/ },
};

const SSH_SERVERS: ReadonlySet<string> = new Set(["openssh-server", "openssh", "dropbear", "tinyssh"]);
const UNNEEDED: ReadonlySet<string> = new Set(
  "vim nano emacs telnet telnetd netcat netcat-openbsd netcat-traditional nmap ncat tcpdump tshark wireshark socat ftp tftp rsh-client strace ltrace gdb sudo man-db iputils-ping net-tools traceroute hping3 x11-apps".split(
    " ",
  ),
);
/** Fine while building, out of place in what is delivered. */
const BUILD_ONLY: ReadonlySet<string> = new Set(
  "build-essential gcc g++ make cmake build-base gcc-c++ clang rpm-build subversion".split(" "),
);

/** What is checked about packages that RUN installs. */
export function checkPackages(context: LintContext): void {
  for (const stage of context.file.stages) {
    const isFinal = stage === context.finalStage;
    for (const script of context.scriptsOf(stage)) {
      for (const command of script.commands) {
        checkCommand(context, { stage, script, isFinal }, command);
      }
      checkUpdate(context, script);
    }
  }
}

interface CommandPlace {
  readonly stage: BuildStage;
  readonly script: RunScript;
  readonly isFinal: boolean;
}

function checkCommand(context: LintContext, place: CommandPlace, command: ShellCommand): void {
  const { script } = place;
  const line = context.lineOf(script, command);
  const program = programOf(command);
  if (program === "apt") {
    context.report(DOCKERFILE_CHECK.apt, line);
  }
  const upgrade =
    /^(?:apt|apt-get|yum|dnf|microdnf|apk|zypper) (?:-\S+ )*(?:upgrade|dist-upgrade|full-upgrade|update|up|dup)(?: |$)/.exec(
      withoutFolder(command),
    );
  const verb = upgrade?.[0].trim() ?? "";
  if (/zypper.* (?:dist-upgrade|dup)$/.test(verb)) {
    context.report(DOCKERFILE_CHECK.zypperUpgrade, line);
  } else if (
    verb !== "" &&
    !/^(?:apt|apt-get|apk) (?:-\S+ )*update$/.test(verb) &&
    !command.words.slice(command.words.indexOf(verb.split(" ").at(-1) ?? "") + 1).some((word) => /^[a-z]/.test(word))
  ) {
    context.report(DOCKERFILE_CHECK.packageUpgrade, line, { command: verb });
  }
  const installation = readInstallation(command);
  if (installation !== undefined) {
    checkInstallation(context, place, { installation, line });
  }
}

function checkInstallation(
  context: LintContext,
  { stage, script, isFinal }: CommandPlace,
  { installation, line }: { readonly installation: Installation; readonly line: number },
): void {
  const { manager, packages, flags, unpinned } = installation;
  if (unpinned.length > 0) {
    context.report(PIN[manager], line, { packages: unpinned.slice(0, 5).join(", ") });
  }
  const yes = YES[manager];
  if (yes !== undefined && !installation.isUnattended) {
    context.report(yes, line);
  }
  if (
    manager === "apt" &&
    !flags.some((flag) => /^--no-install-recommends$|Install-Recommends=(?:false|0|no)/i.test(flag))
  ) {
    context.report(DOCKERFILE_CHECK.aptRecommends, line);
  }
  const mounts = script.instruction.flags
    .filter(({ name }) => name === "mount")
    .map(({ value }) => value)
    .join(" ");
  if (
    manager === "apk" &&
    !flags.includes("--no-cache") &&
    !/\/(?:var\/cache|etc)\/apk/.test(mounts) &&
    !cleans(script, /^rm .*\/var\/cache\/apk/)
  ) {
    context.report(DOCKERFILE_CHECK.apkCache, line);
  }
  if (manager === "pip" && !flags.includes("--no-cache-dir") && !/pip/.test(mounts) && !hasPipVariable(stage)) {
    context.report(DOCKERFILE_CHECK.pipCache, line);
  }
  const cleaning = CLEANING[manager];
  // Layers of earlier stages are not delivered.
  if (cleaning !== undefined && isFinal && !cleaning.cache.test(mounts) && !cleans(script, cleaning.done)) {
    context.report(cleaning.check, line);
  }
  if (manager === "npm" && installation.isOfProject && packages.length === 0) {
    context.report(DOCKERFILE_CHECK.npmScripts, line);
  }
  for (const name of packages.map((each) => each.split(/[=<>~@:]/, 1)[0] ?? "")) {
    if (SSH_SERVERS.has(name) && (name !== "openssh" || manager === "apk")) {
      context.report(DOCKERFILE_CHECK.sshServer, line, { package: name });
    } else if (isFinal && (UNNEEDED.has(name) || (BUILD_ONLY.has(name) && !isRemoved(script, name)))) {
      context.report(DOCKERFILE_CHECK.unneededPackage, line, { package: name });
    }
  }
}

function cleans({ commands }: RunScript, done: RegExp): boolean {
  return commands.some((command) => done.test(withoutFolder(command)));
}

function withoutFolder(command: ShellCommand): string {
  const words = command.words[0]?.endsWith("sudo") === true ? command.words.slice(1) : command.words;
  return [programOf(command), ...words.slice(1)].join(" ");
}

function hasPipVariable(stage: BuildStage): boolean {
  return stage.instructions.some(
    ({ name, text }) => (name === "ENV" || name === "ARG") && /PIP_NO_CACHE_DIR[= ]["']?(?!0|off|false|no)/i.test(text),
  );
}

function isRemoved(script: RunScript, name: string): boolean {
  return script.commands.some(
    ({ words }) =>
      /^(?:purge|remove|autoremove|del|erase)$/.test(words.find((word, at) => at > 0 && !word.startsWith("-")) ?? "") &&
      words.includes(name),
  );
}

/** Lists that a layer of its own fetched are old when a later one installs. */
function checkUpdate(context: LintContext, script: RunScript): void {
  const updates = script.commands.filter((command) =>
    /^(?:apt|apt-get|apk) (?:-\S+ )*update(?: |$)/.test(withoutFolder(command)),
  );
  const [first] = updates;
  const others = script.commands.filter((command) => !updates.includes(command) && command.words.length > 0);
  if (first !== undefined && others.length === 0) {
    context.report(DOCKERFILE_CHECK.updateAlone, context.lineOf(script, first), {
      command: `${programOf(first)} update`,
    });
  }
}
