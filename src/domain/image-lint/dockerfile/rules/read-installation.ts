// SPDX-License-Identifier: Apache-2.0
import { programOf } from "../../shell/risky-commands.ts";
import type { ShellCommand } from "../../shell/split-commands.ts";

/** A command that installs packages. */
export interface Installation {
  readonly manager: "apt" | "apk" | "yum" | "dnf" | "zypper" | "pip" | "npm" | "gem" | "go" | "yarn";
  readonly packages: readonly string[];
  /** Packages without a version. */
  readonly unpinned: readonly string[];
  readonly flags: readonly string[];
  /** It asks nobody. */
  readonly isUnattended: boolean;
  /** It installs what a file of the project names. */
  readonly isOfProject: boolean;
}

interface Manager {
  readonly manager: Installation["manager"];
  readonly verbs: RegExp;
  readonly pinned: RegExp;
  /** Flags whose value is the next word. */
  readonly valued?: RegExp;
  readonly unattended?: RegExp;
}

const LOCAL = /^(?:\.|\/|~|\$|https?:|git\+|file:|-)/;

const MANAGERS: Readonly<Record<string, Manager>> = {
  "apt-get": {
    manager: "apt",
    verbs: /^install$/,
    pinned: /=|\.deb$|\//,
    valued: /^-(?:t|o|c|-target-release|-option)$/,
    unattended: /^(?:-[a-zA-Z]*y[a-zA-Z]*|--yes|--assume-yes|-qq|-q=2)$/,
  },
  apk: {
    manager: "apk",
    verbs: /^add$/,
    pinned: /[=~<>@]|\.apk$/,
    valued: /^(?:-t|--virtual|-X|--repository|-p|--root|--arch)$/,
  },
  yum: {
    manager: "yum",
    verbs: /^(?:install|localinstall|reinstall|groupinstall)$/,
    pinned: /-\d|\.rpm$|@/,
    unattended: /^(?:-[a-zA-Z]*y[a-zA-Z]*|--assumeyes)$/,
  },
  dnf: {
    manager: "dnf",
    verbs: /^(?:install|localinstall|reinstall|groupinstall)$/,
    pinned: /-\d|\.rpm$|@/,
    unattended: /^(?:-[a-zA-Z]*y[a-zA-Z]*|--assumeyes|--setopt=assumeyes=.*)$/,
  },
  zypper: {
    manager: "zypper",
    verbs: /^(?:install|in)$/,
    pinned: /[=<>]|\.rpm$/,
    unattended: /^(?:-[a-zA-Z]*[yn][a-zA-Z]*|--no-confirm|--non-interactive)$/,
  },
  pip: {
    manager: "pip",
    verbs: /^install$/,
    pinned: /[=<>~!]=|===|@|\.(?:whl|tar\.gz|zip)$/,
    valued:
      /^(?:-r|--requirement|-c|--constraint|-i|--index-url|--extra-index-url|-f|--find-links|-t|--target|--prefix|--root|--trusted-host|--proxy|--timeout|--python|--platform|-e|--editable)$/,
  },
  npm: {
    manager: "npm",
    verbs: /^(?:install|i|add)$/,
    pinned: /.@(?!latest$|next$)/,
    valued: /^(?:--prefix|--registry|-w|--workspace|-C)$/,
  },
  gem: {
    manager: "gem",
    verbs: /^install$/,
    pinned: /:|\.gem$/,
    valued: /^(?:-v|--version|-i|--install-dir|-n|--bindir|--source|-s)$/,
  },
  go: { manager: "go", verbs: /^install$/, pinned: /@(?!latest$)|^\.|^(?!.*\.)/ },
  yarn: { manager: "yarn", verbs: /^(?:install|add)$/, pinned: /.@(?!latest$|next$)/ },
};

const ALIASES: Readonly<Record<string, string>> = {
  apt: "apt-get",
  aptitude: "apt-get",
  microdnf: "dnf",
  dnf5: "dnf",
  tdnf: "dnf",
  pip2: "pip",
  pip3: "pip",
};

/** What the command installs, if it does. */
export function readInstallation(command: ShellCommand): Installation | undefined {
  const words = withoutPrefix(command);
  const program = programOf({ ...command, words });
  const name = ALIASES[program] ?? program;
  const manager = Object.hasOwn(MANAGERS, name) ? MANAGERS[name] : undefined;
  if (manager === undefined) {
    return undefined;
  }
  const { flags, rest, values } = sortWords(words.slice(1), manager);
  const [verb = "", ...packages] = rest;
  const isBareYarn = manager.manager === "yarn" && verb === "";
  if (!manager.verbs.test(verb) && !isBareYarn) {
    return undefined;
  }
  // `gem install name -v 1.2` and groups of apk that are named for their removal
  const isVersionFlag = manager.manager === "gem" && flags.some((flag) => /^(?:-v|--version)/.test(flag));
  const isProject = values.some((flag) => /^(?:-r|--requirement|-e|--editable)$/.test(flag));
  return {
    manager: manager.manager,
    packages,
    unpinned: isVersionFlag ? [] : packages.filter((each) => !manager.pinned.test(each) && !LOCAL.test(each)),
    flags,
    isUnattended: manager.unattended === undefined || flags.some((flag) => manager.unattended?.test(flag) === true),
    isOfProject: isProject || packages.length === 0,
  };
}

/** `sudo`, `env NAME=value`, `python -m pip`. */
function withoutPrefix({ words }: ShellCommand): readonly string[] {
  let rest = words;
  while (/(?:^|\/)(?:sudo|env)$/.test(rest[0] ?? "") || /^[A-Za-z_]\w*=/.test(rest[0] ?? "")) {
    rest = rest.slice(1);
  }
  return /(?:^|\/)python[0-9.]*$/.test(rest[0] ?? "") && rest[1] === "-m" ? rest.slice(2) : rest;
}

function sortWords(
  words: readonly string[],
  { valued }: Manager,
): { readonly flags: readonly string[]; readonly rest: readonly string[]; readonly values: readonly string[] } {
  const flags: string[] = [];
  const rest: string[] = [];
  const values: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] as string;
    if (/^\d?[<>]/.test(word)) {
      // What follows is the file of a redirection.
      index += /^\d?[<>]+$/.test(word) ? 1 : 0;
    } else if (word.startsWith("-")) {
      flags.push(word);
      if (valued?.test(word) === true) {
        values.push(word);
        flags.push(words[index + 1] ?? "");
        index += 1;
      }
    } else {
      rest.push(word);
    }
  }
  return { flags, rest, values };
}
