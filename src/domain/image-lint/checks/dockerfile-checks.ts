// SPDX-License-Identifier: Apache-2.0
import type { CheckRule } from "../check-rule.ts";

/** Names of the checks, by which the code calls them. */
type DockerfileCheckName =
  | "parseUnknown"
  | "parseArguments"
  | "parseHeredoc"
  | "parseStart"
  | "ignoreReason"
  | "relativeWorkdir"
  | "uselessCommand"
  | "lastUserRoot"
  | "noUser"
  | "cdInsteadOfWorkdir"
  | "sudo"
  | "untaggedBase"
  | "latestBase"
  | "aptPin"
  | "aptLists"
  | "addForArchives"
  | "invalidPort"
  | "severalHealthchecks"
  | "pipPin"
  | "aptYes"
  | "aptRecommends"
  | "npmPin"
  | "apkPin"
  | "apkCache"
  | "addForFiles"
  | "copyToFolder"
  | "copyFromUnknown"
  | "copyFromItself"
  | "stageNames"
  | "jsonForm"
  | "foreignRegistry"
  | "apt"
  | "gemPin"
  | "fixedPlatform"
  | "yumYes"
  | "yumClean"
  | "yumPin"
  | "zypperYes"
  | "zypperUpgrade"
  | "zypperClean"
  | "zypperPin"
  | "dnfYes"
  | "dnfClean"
  | "dnfPin"
  | "pipCache"
  | "onBuildTrigger"
  | "envRefersToItself"
  | "copyWithoutWorkdir"
  | "useraddHigh"
  | "wgetProgress"
  | "labelName"
  | "emptyLabel"
  | "labelUrl"
  | "noHealthcheck"
  | "consecutiveRuns"
  | "yarnClean"
  | "goPin"
  | "maintainer"
  | "twoDownloaders"
  | "severalCommands"
  | "severalEntrypoints"
  | "shellLink"
  | "pipefail"
  | "secretVariable"
  | "secretFile"
  | "pipedDownload"
  | "unverifiedDownload"
  | "openMode"
  | "sshServer"
  | "sshPort"
  | "unneededPackage"
  | "packageUpgrade"
  | "addUrl"
  | "wholeContext"
  | "unpinnedBase"
  | "sensitiveVolume"
  | "insecureBuild"
  | "unusedStage"
  | "mixedCase"
  | "reservedStage"
  | "legacyPair"
  | "aptKey"
  | "updateAlone"
  | "heredocWithoutSet"
  | "removeVariable"
  | "bashOnly"
  | "deprecatedBase"
  | "dockerSocket"
  | "npmScripts"
  | "labelMissing"
  | "labelSuperfluous"
  | "labelTime"
  | "labelLicense"
  | "labelHash"
  | "labelVersion"
  | "labelEmail"
  | "labelDigest"
  | "userByName"
  | "redundantPlatform"
  | "copyWholeSystem"
  | "registryVariable";

/** What is checked about Dockerfiles, by name. */
export const DOCKERFILE_CHECK: Readonly<Record<DockerfileCheckName, CheckRule>> = {
  parseUnknown: { id: "HD001", severity: "high", title: "an instruction is unknown" },
  parseArguments: { id: "HD002", severity: "high", title: "an instruction has no arguments" },
  parseHeredoc: { id: "HD003", severity: "high", title: "a here-document does not end" },
  parseStart: { id: "HD004", severity: "high", title: "the file does not begin with FROM", hadolint: "DL3061" },
  ignoreReason: { id: "HD005", severity: "low", title: "a rule is ignored without a reason", hadolint: "DL1001" },
  relativeWorkdir: { id: "HD006", severity: "medium", title: "WORKDIR is not absolute", hadolint: "DL3000" },
  uselessCommand: {
    id: "HD007",
    severity: "low",
    title: "a command makes no sense in a container",
    hadolint: "DL3001",
  },
  lastUserRoot: { id: "HD008", severity: "medium", title: "the last USER is root", hadolint: "DL3002" },
  noUser: { id: "HD009", severity: "medium", title: "no USER is set" },
  cdInsteadOfWorkdir: { id: "HD010", severity: "low", title: "cd stands where WORKDIR should", hadolint: "DL3003" },
  sudo: { id: "HD011", severity: "medium", title: "sudo is used", hadolint: "DL3004" },
  untaggedBase: { id: "HD012", severity: "medium", title: "the base image has no tag", hadolint: "DL3006" },
  latestBase: { id: "HD013", severity: "medium", title: "the base image has the tag latest", hadolint: "DL3007" },
  aptPin: { id: "HD014", severity: "low", title: "packages of apt have no version", hadolint: "DL3008" },
  aptLists: { id: "HD015", severity: "low", title: "the lists of apt stay in the layer", hadolint: "DL3009" },
  addForArchives: {
    id: "HD016",
    severity: "negligible",
    title: "an archive is copied and unpacked",
    hadolint: "DL3010",
  },
  invalidPort: { id: "HD017", severity: "medium", title: "a port is none", hadolint: "DL3011" },
  severalHealthchecks: {
    id: "HD018",
    severity: "medium",
    title: "there is more than one HEALTHCHECK",
    hadolint: "DL3012",
  },
  pipPin: { id: "HD019", severity: "low", title: "packages of pip have no version", hadolint: "DL3013" },
  aptYes: { id: "HD020", severity: "medium", title: "apt-get asks", hadolint: "DL3014" },
  aptRecommends: { id: "HD021", severity: "low", title: "recommended packages are installed", hadolint: "DL3015" },
  npmPin: { id: "HD022", severity: "low", title: "packages of npm have no version", hadolint: "DL3016" },
  apkPin: { id: "HD023", severity: "low", title: "packages of apk have no version", hadolint: "DL3018" },
  apkCache: { id: "HD024", severity: "low", title: "the index of apk stays in the layer", hadolint: "DL3019" },
  addForFiles: { id: "HD025", severity: "low", title: "ADD stands where COPY should", hadolint: "DL3020" },
  copyToFolder: {
    id: "HD026",
    severity: "medium",
    title: "several files are copied to what is no folder",
    hadolint: "DL3021",
  },
  copyFromUnknown: {
    id: "HD027",
    severity: "medium",
    title: "COPY takes from what is no stage before",
    hadolint: "DL3022",
  },
  copyFromItself: { id: "HD028", severity: "high", title: "COPY takes from its own stage", hadolint: "DL3023" },
  stageNames: { id: "HD029", severity: "high", title: "two stages have the same name", hadolint: "DL3024" },
  jsonForm: { id: "HD030", severity: "low", title: "the command is in the shell form", hadolint: "DL3025" },
  foreignRegistry: {
    id: "HD031",
    severity: "high",
    title: "an image comes from a registry that is not allowed",
    hadolint: "DL3026",
  },
  apt: { id: "HD032", severity: "negligible", title: "apt is used in a script", hadolint: "DL3027" },
  gemPin: { id: "HD033", severity: "low", title: "gems have no version", hadolint: "DL3028" },
  fixedPlatform: { id: "HD034", severity: "low", title: "FROM fixes a platform", hadolint: "DL3029" },
  yumYes: { id: "HD035", severity: "medium", title: "yum asks", hadolint: "DL3030" },
  yumClean: { id: "HD036", severity: "low", title: "the cache of yum stays in the layer", hadolint: "DL3032" },
  yumPin: { id: "HD037", severity: "low", title: "packages of yum have no version", hadolint: "DL3033" },
  zypperYes: { id: "HD038", severity: "medium", title: "zypper asks", hadolint: "DL3034" },
  zypperUpgrade: { id: "HD039", severity: "low", title: "zypper changes the distribution", hadolint: "DL3035" },
  zypperClean: { id: "HD040", severity: "low", title: "the cache of zypper stays in the layer", hadolint: "DL3036" },
  zypperPin: { id: "HD041", severity: "low", title: "packages of zypper have no version", hadolint: "DL3037" },
  dnfYes: { id: "HD042", severity: "medium", title: "dnf asks", hadolint: "DL3038" },
  dnfClean: { id: "HD043", severity: "low", title: "the cache of dnf stays in the layer", hadolint: "DL3040" },
  dnfPin: { id: "HD044", severity: "low", title: "packages of dnf have no version", hadolint: "DL3041" },
  pipCache: { id: "HD045", severity: "low", title: "the cache of pip stays in the layer", hadolint: "DL3042" },
  onBuildTrigger: { id: "HD046", severity: "high", title: "ONBUILD triggers what it may not", hadolint: "DL3043" },
  envRefersToItself: {
    id: "HD047",
    severity: "medium",
    title: "a variable is used where it is made",
    hadolint: "DL3044",
  },
  copyWithoutWorkdir: {
    id: "HD048",
    severity: "low",
    title: "COPY goes to a relative path without WORKDIR",
    hadolint: "DL3045",
  },
  useraddHigh: {
    id: "HD049",
    severity: "low",
    title: "useradd with a high number makes a huge file",
    hadolint: "DL3046",
  },
  wgetProgress: { id: "HD050", severity: "negligible", title: "wget prints its progress", hadolint: "DL3047" },
  labelName: { id: "HD051", severity: "low", title: "the name of a label is not valid", hadolint: "DL3048" },
  emptyLabel: { id: "HD052", severity: "negligible", title: "a label is empty", hadolint: "DL3051" },
  labelUrl: { id: "HD053", severity: "low", title: "the value of a label is no URL", hadolint: "DL3052" },
  noHealthcheck: { id: "HD054", severity: "negligible", title: "there is no HEALTHCHECK", hadolint: "DL3057" },
  consecutiveRuns: { id: "HD055", severity: "negligible", title: "RUN follows RUN", hadolint: "DL3059" },
  yarnClean: { id: "HD056", severity: "low", title: "the cache of yarn stays in the layer", hadolint: "DL3060" },
  goPin: { id: "HD057", severity: "low", title: "a Go program has no version", hadolint: "DL3062" },
  maintainer: { id: "HD058", severity: "negligible", title: "MAINTAINER is outdated", hadolint: "DL4000" },
  twoDownloaders: { id: "HD059", severity: "negligible", title: "both wget and curl are used", hadolint: "DL4001" },
  severalCommands: { id: "HD060", severity: "medium", title: "there is more than one CMD", hadolint: "DL4003" },
  severalEntrypoints: { id: "HD061", severity: "high", title: "there is more than one ENTRYPOINT", hadolint: "DL4004" },
  shellLink: { id: "HD062", severity: "low", title: "the link of the shell is changed", hadolint: "DL4005" },
  pipefail: { id: "HD063", severity: "low", title: "a pipe hides failures", hadolint: "DL4006" },
  secretVariable: {
    id: "HD064",
    severity: "high",
    title: "a variable holds what its name calls a secret",
    hadolint: "DL3064",
  },
  secretFile: { id: "HD065", severity: "high", title: "a file with secrets is copied" },
  pipedDownload: { id: "HD066", severity: "medium", title: "a download is run without being verified" },
  unverifiedDownload: { id: "HD067", severity: "high", title: "a download does not verify the other side" },
  openMode: { id: "HD068", severity: "medium", title: "files are made writable for everybody" },
  sshServer: { id: "HD069", severity: "high", title: "an SSH server is installed" },
  sshPort: { id: "HD070", severity: "medium", title: "the port of SSH is exposed" },
  unneededPackage: { id: "HD071", severity: "low", title: "a package is installed that the application does not need" },
  packageUpgrade: {
    id: "HD072",
    severity: "low",
    title: "all packages are upgraded",
    hadolint: "DL3005, DL3017, DL3031, DL3039",
  },
  addUrl: { id: "HD073", severity: "medium", title: "ADD downloads without a digest" },
  wholeContext: { id: "HD074", severity: "low", title: "the whole folder of the build is copied", hadolint: "DL4007" },
  unpinnedBase: { id: "HD075", severity: "negligible", title: "the base image has no digest" },
  sensitiveVolume: { id: "HD076", severity: "high", title: "a volume lies over a folder of the system" },
  insecureBuild: { id: "HD077", severity: "high", title: "RUN has more rights than a build" },
  unusedStage: { id: "HD078", severity: "negligible", title: "a stage is not used" },
  mixedCase: { id: "HD079", severity: "negligible", title: "an instruction is spelled in mixed case" },
  reservedStage: { id: "HD080", severity: "high", title: "a stage has a reserved name", hadolint: "DL3063" },
  legacyPair: { id: "HD081", severity: "negligible", title: "a pair is written in the old form" },
  aptKey: { id: "HD082", severity: "medium", title: "apt-key is used" },
  updateAlone: { id: "HD083", severity: "medium", title: "the lists are fetched in a layer of their own" },
  heredocWithoutSet: { id: "HD084", severity: "low", title: "failures in a here-document are not seen" },
  removeVariable: { id: "HD085", severity: "medium", title: "rm -r may remove everything" },
  bashOnly: { id: "HD086", severity: "low", title: "a word of bash is used in sh" },
  deprecatedBase: { id: "HD087", severity: "high", title: "the base image gets no more fixes" },
  dockerSocket: { id: "HD088", severity: "high", title: "the socket of the container runtime is used" },
  npmScripts: { id: "HD089", severity: "negligible", title: "npm install is used where npm ci could be" },
  labelMissing: { id: "HD090", severity: "low", title: "a label that is asked for is missing", hadolint: "DL3049" },
  labelSuperfluous: { id: "HD091", severity: "low", title: "a label is not among those asked for", hadolint: "DL3050" },
  labelTime: { id: "HD092", severity: "low", title: "the value of a label is no time of RFC 3339", hadolint: "DL3053" },
  labelLicense: {
    id: "HD093",
    severity: "low",
    title: "the value of a label is no licence of SPDX",
    hadolint: "DL3054",
  },
  labelHash: { id: "HD094", severity: "low", title: "the value of a label is no hash of Git", hadolint: "DL3055" },
  labelVersion: {
    id: "HD095",
    severity: "low",
    title: "the value of a label is no semantic version",
    hadolint: "DL3056",
  },
  labelEmail: { id: "HD096", severity: "low", title: "the value of a label is no e-mail address", hadolint: "DL3058" },
  labelDigest: { id: "HD097", severity: "low", title: "the value of a label is no digest" },
  userByName: { id: "HD098", severity: "low", title: "the last USER is a name, not a number", hadolint: "DL3066" },
  redundantPlatform: {
    id: "HD099",
    severity: "negligible",
    title: "FROM names the platform that holds anyway",
    hadolint: "DL3065",
  },
  copyWholeSystem: {
    id: "HD100",
    severity: "negligible",
    title: "all files of another image are copied",
    hadolint: "DL3067",
  },
  registryVariable: {
    id: "HD101",
    severity: "high",
    title: "a variable says from which registry an image comes",
    hadolint: "DL3026",
  },
};

/** What is checked about Dockerfiles, in the order of the ids. */
export const DOCKERFILE_CHECKS: readonly CheckRule[] = Object.values(DOCKERFILE_CHECK);
