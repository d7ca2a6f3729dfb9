// SPDX-License-Identifier: Apache-2.0

/** Ports by which people log in to a machine, and what is spoken there. */
const REMOTE_ACCESS: ReadonlyMap<number, string> = new Map([
  [22, "SSH"],
  [23, "Telnet"],
  [512, "rexec"],
  [513, "rlogin"],
  [514, "rsh"],
  [2222, "SSH"],
  [3389, "RDP"],
  [5900, "VNC"],
  [5901, "VNC"],
  [5985, "WinRM"],
  [5986, "WinRM"],
]);

/** What is spoken at a port for remote access; `undefined` for any other. */
export function remoteAccessAt(port: number): string | undefined {
  return REMOTE_ACCESS.get(port);
}
