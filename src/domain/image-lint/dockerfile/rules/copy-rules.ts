// SPDX-License-Identifier: Apache-2.0
import { DOCKERFILE_CHECK } from "../../checks/dockerfile-checks.ts";
import type { BuildStage, Instruction } from "../instruction.ts";
import { joinedText } from "../joined-text.ts";
import type { LintContext } from "../lint-context.ts";

const ARCHIVE = /\.(?:tar|tar\.(?:gz|bz2|xz|zst|lz|lzma|Z)|tgz|tbz2?|txz|tlz|tpz|tZ)$/;
/** Files of which copies in an image give others access. */
const SECRET_FILE =
  /(?:^|\/)(?:id_(?:rsa|dsa|ecdsa|ed25519)|\.env(?:\.[\w-]{1,40})?|\.npmrc|\.netrc|_netrc|\.pypirc|\.git-credentials|\.pgpass|\.htpasswd|credentials(?:\.json)?|\.aws|\.ssh|\.kube|kubeconfig|\.docker|\.dockercfg|\.gnupg|service[-_]account[\w-]{0,40}\.json|[\w.-]{1,100}\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ovpn))\/?$/i;
const PUBLIC_FILE = /(?:^|[-_.])(?:pub|public|cert|ca|chain|fullchain)[\w.-]{0,40}\.(?:pem|key)$|\.pub$/i;

/** What is checked about COPY and ADD. */
export function checkCopies(context: LintContext): void {
  const before = new Set<string>();
  for (const stage of context.file.stages) {
    let hasWorkdir = context.file.stages.some(
      ({ name, instructions }) =>
        name === stage.base.toLowerCase() && instructions.some((each) => each.name === "WORKDIR"),
    );
    for (const instruction of context.instructionsOf(stage)) {
      if (instruction.name === "WORKDIR") {
        hasWorkdir = true;
      } else if (instruction.name === "COPY" || instruction.name === "ADD") {
        checkCopy(context, instruction, { stage, before, hasWorkdir });
      }
    }
    before.add(String(stage.index));
    if (stage.name !== undefined) {
      before.add(stage.name);
    }
  }
}

interface CopyPlace {
  readonly stage: BuildStage;
  /** Names and numbers of the stages above. */
  readonly before: ReadonlySet<string>;
  readonly hasWorkdir: boolean;
}

function checkCopy(context: LintContext, instruction: Instruction, place: CopyPlace): void {
  const { name, line, flags, heredocs } = instruction;
  const words = instruction.words ?? joinedText(instruction).split(/\s+/);
  const target = words.at(-1) ?? "";
  const sources = words.slice(0, -1);
  const from = flags.find((flag) => flag.name === "from")?.value;
  if (from !== undefined) {
    checkFrom(context, instruction, from, place);
  }
  if (sources.length > 1 && !/\/["']?$/.test(target) && !target.includes("$") && target !== "." && target !== "..") {
    context.report(DOCKERFILE_CHECK.copyToFolder, line, { target });
  }
  if (name === "COPY" && !place.hasWorkdir && !/^["']?(?:\/|\$|[A-Za-z]:)/.test(target)) {
    context.report(DOCKERFILE_CHECK.copyWithoutWorkdir, line, { target });
  }
  const isWhole = from !== undefined && unquoted(target) === "/" && sources.some((source) => unquoted(source) === "/");
  if (name === "COPY" && isWhole && place.stage.base !== "scratch") {
    context.report(DOCKERFILE_CHECK.copyWholeSystem, line, { stage: from });
  }
  if (from === undefined) {
    for (const source of sources) {
      checkSource(context, instruction, source);
    }
  }
  if (name === "COPY" && from === undefined && heredocs.length === 0) {
    checkArchive(context, instruction, sources, place.stage);
  }
}

function checkFrom(context: LintContext, { line }: Instruction, from: string, { stage, before }: CopyPlace): void {
  const wanted = from.toLowerCase();
  if (wanted === stage.name || wanted === String(stage.index)) {
    context.report(DOCKERFILE_CHECK.copyFromItself, line, { stage: from });
  } else if (!before.has(wanted) && !/[:@$]/.test(from)) {
    context.report(DOCKERFILE_CHECK.copyFromUnknown, line, { stage: from });
  }
}

function checkSource(context: LintContext, { name, line, flags }: Instruction, source: string): void {
  const file = unquoted(source);
  const isAddress = /^(?:https?|git|ssh):\/\/|^git@/.test(file);
  if (name === "ADD") {
    if (isAddress && !/\.git(?:#.*)?$/.test(file)) {
      if (!flags.some((flag) => flag.name === "checksum")) {
        const address = file.replace(/\/\/[^/@]{0,400}@/, "//").split("?", 1)[0] ?? "";
        context.report(DOCKERFILE_CHECK.addUrl, line, { address });
      }
    } else if (!isAddress && !ARCHIVE.test(file) && !file.includes("$") && !file.startsWith("<<")) {
      context.report(DOCKERFILE_CHECK.addForFiles, line, { file });
    }
  }
  if (isAddress) {
    return;
  }
  if (SECRET_FILE.test(file) && !PUBLIC_FILE.test(file)) {
    context.report(DOCKERFILE_CHECK.secretFile, line, { file });
  }
  if (/^\.?\/?$|^\.\/\*$|^\*$/.test(file)) {
    context.report(DOCKERFILE_CHECK.wholeContext, line);
  }
}

function unquoted(word: string): string {
  return word.replaceAll(/^["']|["']$/g, "");
}

/** An archive that is copied and unpacked by a later RUN of the same stage. */
function checkArchive(
  context: LintContext,
  { line }: Instruction,
  sources: readonly string[],
  stage: BuildStage,
): void {
  for (const file of sources.filter((source) => ARCHIVE.test(source))) {
    const name = file.slice(file.lastIndexOf("/") + 1);
    const isUnpacked = context
      .scriptsOf(stage)
      .some(({ commands }) =>
        commands.some(({ words }) => words[0] === "tar" && words.some((word) => word.endsWith(name))),
      );
    if (isUnpacked) {
      context.report(DOCKERFILE_CHECK.addForArchives, line, { file });
    }
  }
}
