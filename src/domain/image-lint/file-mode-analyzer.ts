// SPDX-License-Identifier: Apache-2.0
import type { Analyzer, FileFacts, Observation } from "#packages";
import { observe } from "./check-rule.ts";
import { IMAGE_CHECK } from "./checks/image-checks.ts";
import { checkOfProgram } from "./installed-program.ts";
import { checkOfTellingFile } from "./telling-file.ts";

const SETUID = 0o4000;
const SETGID = 0o2000;
const OTHERS_WRITE = 0o002;
const ANY_EXECUTE = 0o111;

/** Programs that distributions install with the bit, in their own folders; others are worth more of a look. */
const USUAL =
  /^(?:usr\/)?(?:s?bin|lib(?:exec)?)\/(?:.{0,60}\/)?(?:su|mount|umount|passwd|chsh|chfn|chage|gpasswd|newgrp|newuidmap|newgidmap|expiry|unix_chkpwd|pam_timestamp_check|sudo|pkexec|polkit-agent-helper-1|dbus-daemon-launch-helper|ssh-keysign|ssh-agent|fusermount3?|crontab|at|wall|write|bsd-write|ping6?|traceroute6?|bbsuid|dotlockfile|mail-touchlock|utempter|staprun|userhelper|usernetctl|ksu|grub2-set-bootparam|locate|mlocate|plocate|chkpwd|screen|Xorg\.wrap|chrome-sandbox)$/;

/** Where everybody writes by design. */
const SHARED = /^(?:tmp|var\/tmp|dev|proc|sys|run\/lock|var\/lock)\//;

/**
 * Looks at names, modes and owners, never at content: setuid and setgid programs, files that everybody may change, servers,
 * shells, package managers and tools, and files that do not belong into an image.
 */
export const FILE_MODE_ANALYZER: Analyzer = {
  name: "file-mode",
  version: "1",
  fixedPaths: [],
  wants: () => false,
  analyze: () => ({ packages: [], problems: [] }),
  inspect: inspectFile,
};

function inspectFile(path: string, { mode, uid, size }: FileFacts): readonly Observation[] {
  // Called for every file of an image: what is usual must cost nothing.
  const found: Observation[] = [];
  if ((mode & (SETUID | SETGID | OTHERS_WRITE)) !== 0) {
    inspectMode(path, mode, uid, found);
  }
  const program = size === 0 ? undefined : checkOfProgram(path);
  if (program !== undefined) {
    found.push(observe(program.check, { params: { program: program.program } }));
  }
  const telling = checkOfTellingFile(path, size);
  if (telling !== undefined) {
    found.push(observe(telling, { params: { path } }));
  }
  return found;
}

function inspectMode(path: string, mode: number, uid: number, found: Observation[]): void {
  const excerpt = `mode ${mode.toString(8).padStart(4, "0")}, uid ${uid}`;
  const params = { path, mode: mode.toString(8).padStart(4, "0") };
  const isProgram = (mode & ANY_EXECUTE) !== 0;
  if ((mode & SETUID) !== 0 && isProgram) {
    const severity = USUAL.test(path) || uid !== 0 ? "low" : IMAGE_CHECK.setuid.severity;
    found.push(observe(IMAGE_CHECK.setuid, { excerpt, params, severity }));
  } else if ((mode & SETGID) !== 0 && isProgram) {
    const severity = USUAL.test(path) ? "negligible" : IMAGE_CHECK.setgid.severity;
    found.push(observe(IMAGE_CHECK.setgid, { excerpt, params, severity }));
  }
  if ((mode & OTHERS_WRITE) !== 0 && !SHARED.test(path)) {
    const severity = isProgram ? "high" : IMAGE_CHECK.worldWritable.severity;
    found.push(observe(IMAGE_CHECK.worldWritable, { excerpt, params, severity }));
  }
}
