// SPDX-License-Identifier: Apache-2.0

/** Draws over one line of a terminal; does nothing when there is no terminal. */
export interface ProgressBar {
  /** `total` 0 means unknown. */
  update(label: string, done: number, total: number): void;
  /** Removes the line. */
  clear(): void;
}

const BAR_COLUMNS = 24;
/** Whole percents only: at most a hundred writes for one scan, whatever the number of chunks. */
const STEPS = 100;

/** A bar on `write` (standard error), or one that draws nothing. */
export function createProgressBar(write: (text: string) => void, isVisible: boolean): ProgressBar {
  let last = "";
  return {
    update(label, done, total) {
      if (!isVisible) {
        return;
      }
      const step = total > 0 ? Math.min(STEPS, Math.floor((done / total) * STEPS)) : 0;
      const filled = Math.round((step / STEPS) * BAR_COLUMNS);
      const line = `\r\u001b[K${"█".repeat(filled)}${"░".repeat(BAR_COLUMNS - filled)} ${String(step).padStart(3)} %  ${label}`;
      if (line !== last) {
        write(line);
        last = line;
      }
    },
    clear() {
      if (isVisible && last !== "") {
        write("\r\u001b[K");
        last = "";
      }
    },
  };
}
