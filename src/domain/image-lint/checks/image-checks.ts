// SPDX-License-Identifier: Apache-2.0
import type { CheckRule } from "../check-rule.ts";

/** Names of the checks, by which the code calls them. */
type ImageCheckName =
  | "rootUser"
  | "noUser"
  | "secretVariable"
  | "addUrl"
  | "setuid"
  | "setgid"
  | "worldWritable"
  | "sshServer"
  | "remoteServer"
  | "shell"
  | "packageManager"
  | "noHealthcheck"
  | "sshPort"
  | "insecurePort"
  | "buildTool"
  | "networkTool"
  | "privilegeTool"
  | "sensitiveVolume"
  | "verificationOff"
  | "riskyVariable"
  | "relativePath"
  | "pipedDownload"
  | "unverifiedDownload"
  | "openMode"
  | "onBuild"
  | "shellEntrypoint"
  | "gitFolder"
  | "authorizedKeys"
  | "containerClient"
  | "emptyPassword"
  | "secondRoot"
  | "environmentFile"
  | "coreDump"
  | "debugPort"
  | "debugMode"
  | "keyStore"
  | "latestTag"
  | "latestBase";

/** What is checked about images, by name. */
export const IMAGE_CHECK: Readonly<Record<ImageCheckName, CheckRule>> = {
  rootUser: { id: "HC001", severity: "medium", title: "the image runs as root" },
  noUser: { id: "HC002", severity: "medium", title: "no USER is set, so the image runs as root" },
  secretVariable: { id: "HC003", severity: "high", title: "a variable holds what its name calls a secret" },
  addUrl: { id: "HC004", severity: "low", title: "a file was downloaded by ADD" },
  setuid: { id: "HC005", severity: "medium", title: "a program runs with the rights of its owner (setuid)" },
  setgid: { id: "HC006", severity: "low", title: "a program runs with the rights of its group (setgid)" },
  worldWritable: { id: "HC007", severity: "medium", title: "everybody may change a file" },
  sshServer: { id: "HC008", severity: "high", title: "an SSH server is installed" },
  remoteServer: { id: "HC009", severity: "high", title: "a server for remote access without encryption is installed" },
  shell: { id: "HC010", severity: "negligible", title: "a shell is installed" },
  packageManager: { id: "HC011", severity: "negligible", title: "a package manager is installed" },
  noHealthcheck: { id: "HC012", severity: "negligible", title: "there is no HEALTHCHECK" },
  sshPort: { id: "HC013", severity: "medium", title: "the port of SSH is exposed" },
  insecurePort: { id: "HC014", severity: "medium", title: "a port of a protocol without encryption is exposed" },
  buildTool: { id: "HC015", severity: "low", title: "a tool for building or debugging is installed" },
  networkTool: { id: "HC016", severity: "low", title: "a tool for exploring networks is installed" },
  privilegeTool: { id: "HC017", severity: "low", title: "a tool for changing to another user is installed" },
  sensitiveVolume: { id: "HC018", severity: "high", title: "a volume lies over a folder of the system" },
  verificationOff: { id: "HC019", severity: "high", title: "a variable turns off the verification of certificates" },
  riskyVariable: { id: "HC020", severity: "medium", title: "a variable lets others decide what is loaded" },
  relativePath: { id: "HC021", severity: "medium", title: "PATH leads to a folder that others may write" },
  pipedDownload: { id: "HC022", severity: "medium", title: "a download was run without being verified" },
  unverifiedDownload: { id: "HC023", severity: "high", title: "a download was made without verifying the other side" },
  openMode: { id: "HC024", severity: "medium", title: "files were made writable for everybody" },
  onBuild: { id: "HC025", severity: "low", title: "the image has instructions for images built on it" },
  shellEntrypoint: { id: "HC026", severity: "negligible", title: "the process is started by a shell" },
  gitFolder: { id: "HC027", severity: "medium", title: "the history of the source is in the image" },
  authorizedKeys: { id: "HC028", severity: "high", title: "a file says whose key may log in" },
  containerClient: { id: "HC029", severity: "low", title: "a client for containers or clusters is installed" },
  emptyPassword: { id: "HC030", severity: "high", title: "an account has no password" },
  secondRoot: { id: "HC031", severity: "high", title: "an account besides root has its rights" },
  environmentFile: {
    id: "HC033",
    severity: "medium",
    title: "a file with variables of an environment is in the image",
  },
  coreDump: { id: "HC034", severity: "medium", title: "the memory of a process is in the image" },
  debugPort: { id: "HC035", severity: "medium", title: "a port for debugging is exposed" },
  debugMode: { id: "HC036", severity: "medium", title: "a variable turns on a mode for developing" },
  keyStore: { id: "HC037", severity: "medium", title: "a store of private keys is in the image" },
  latestTag: { id: "HC038", severity: "low", title: "the image is called by the tag latest, or by none" },
  latestBase: { id: "HC039", severity: "low", title: "the image was built on a tag latest" },
};

/** What is checked about images, in the order of the ids. */
export const IMAGE_CHECKS: readonly CheckRule[] = Object.values(IMAGE_CHECK);
