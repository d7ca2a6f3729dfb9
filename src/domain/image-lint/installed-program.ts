// SPDX-License-Identifier: Apache-2.0
import type { CheckRule } from "./check-rule.ts";
import { IMAGE_CHECK } from "./checks/image-checks.ts";

/** Where programs lie. */
const PROGRAM = /^(?:usr\/(?:local\/)?)?s?bin\/([^/]{1,40})$/;

const PROGRAMS: readonly (readonly [CheckRule, string])[] = [
  [IMAGE_CHECK.sshServer, "sshd dropbear tinysshd"],
  [
    IMAGE_CHECK.remoteServer,
    "in.telnetd telnetd in.ftpd vsftpd proftpd pure-ftpd in.rshd in.rlogind in.rexecd in.tftpd tftpd xrdp vncserver Xvnc x11vnc",
  ],
  [IMAGE_CHECK.shell, "bash dash ash zsh ksh mksh csh tcsh fish busybox"],
  [
    IMAGE_CHECK.packageManager,
    "apt apt-get aptitude dpkg apk yum dnf dnf5 microdnf rpm zypper tdnf pacman emerge xbps-install opkg",
  ],
  [IMAGE_CHECK.buildTool, "gcc g++ cc clang make cmake ld gdb strace ltrace perf valgrind nasm m4 autoconf"],
  [
    IMAGE_CHECK.networkTool,
    "nmap nc nc.openbsd nc.traditional ncat netcat socat tcpdump tshark telnet ftp tftp rsh rlogin hping3 masscan nikto hydra arpspoof ettercap sqlmap",
  ],
  [IMAGE_CHECK.privilegeTool, "sudo doas su-exec gosu pkexec"],
  [IMAGE_CHECK.containerClient, "docker dockerd podman buildah ctr nerdctl crictl kubectl helm runc containerd"],
];

const CHECK_OF = new Map(PROGRAMS.flatMap(([check, names]) => names.split(" ").map((name) => [name, check] as const)));

/** What is to be said about a program at the path, which lies where programs do. */
export function checkOfProgram(path: string): { readonly check: CheckRule; readonly program: string } | undefined {
  const program = PROGRAM.exec(path)?.[1];
  const check = program === undefined ? undefined : CHECK_OF.get(program);
  return check === undefined || program === undefined ? undefined : { check, program };
}
