// SPDX-License-Identifier: Apache-2.0
import { CHECK_EVERY, type CrashRun, readCrashRuns } from "../../test/support/crash-log.ts";
import { GENERATED_NOTE, renderTable } from "./markdown.ts";

/** What the crash test found, from the runs that were kept. */
export async function renderCrashTestReference(): Promise<string> {
  const runs = await readCrashRuns();
  return `# The registry and \`kill -9\`

${GENERATED_NOTE}

\`test/e2e/registry-crash.test.ts\` kills a registry at random instants while three clients push (in one piece, in chunks, by mounting), one deletes
images and tags, and a garbage collection runs that gives nothing more than a second of grace; some kills hit the start, where what the last one left is tidied up. The next start goes
on with the same folder and database. Every ${CHECK_EVERY} rounds and at the end, all that clients were told is checked: acknowledged manifests and blobs are
read and hashed, tags lead where they should, and what was deleted is gone. At the end two more collections run; then each file on disk
has its digest and is held by a repository, and all that repositories hold lies on disk.

Each change runs a short form of the test. These are the last runs that were kept. The test ends at the first loss and keeps nothing then, so nothing was lost in what is here. Times of kills are random, too; the seed decides what clients do.

${runs.map(renderRun).join("\n\n")}
`;
}

function renderRun({ victims, date, rounds, seed, minutes, files, checks }: CrashRun): string {
  return `## kill -9 of ${victims}

${date}, ${rounds} rounds in ${Math.round(minutes)} minutes on a busy machine with two cores, seed ${seed}, ${files} files on disk at the end:

\`\`\`sh
CRASH_TEST_KEEP=1 CRASH_TEST_SEED=${seed} CRASH_TEST_ROUNDS=${rounds} \\
  npx vitest run --project e2e test/e2e/registry-crash.test.ts -t "of ${victims} in the middle" && npm run generate
\`\`\`

${renderTable(
  [
    "round",
    "kills at work",
    "kills at a start",
    "pushes acknowledged",
    "deletions acknowledged",
    "collections at their end",
    "files they removed",
    "manifests and blobs read",
    "tags",
    "deletions checked",
  ],
  checks.map((check) => [
    ...[check.round, check.kills, check.killedStarts, check.pushes, check.deletions].map(String),
    ...[check.collections, check.collectedFiles, check.read, check.tags, check.gone].map(String),
  ]),
)}`;
}
