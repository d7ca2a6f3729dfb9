// SPDX-License-Identifier: Apache-2.0
import { COSIGN_CASES } from "../../test/peers/cosign-cases.ts";
import { NOTARY_CASES } from "../../test/peers/notary-cases.ts";
import { NOTATION_CASES } from "../../test/peers/notation-cases.ts";
import type { PeerCase } from "../../test/peers/peer-case.ts";
import { SIGNING_CASES } from "../../test/peers/signing-cases.ts";
import { SIMPLE_SIGNING_CASES } from "../../test/peers/simple-signing-cases.ts";
import { GENERATED_NOTE, renderTable } from "./markdown.ts";

const TABLES: readonly { readonly title: string; readonly cases: readonly PeerCase[] }[] = [
  { title: "cosign", cases: COSIGN_CASES },
  { title: "`haechi sign` and attestations", cases: SIGNING_CASES },
  { title: "notation", cases: NOTATION_CASES },
  { title: "Notary v1 (Docker Content Trust)", cases: NOTARY_CASES },
  { title: "GPG simple signing", cases: SIMPLE_SIGNING_CASES },
];

const DIRECTIONS: Readonly<Record<PeerCase["direction"], string>> = {
  "signed-by-peer": "The peer signs, Haechi verifies",
  "signed-by-us": "Haechi signs, the peer verifies",
  tampered: "Must not verify",
};

/** The peer matrix: what was signed, changed and verified with which real program. Made from the tables that the tests run over. */
export function renderSignatureReference(): string {
  const sections = TABLES.map(({ title, cases }) => `## ${title}\n\n${renderKind(cases)}`);
  return `# Signatures: what was tried with which program

${GENERATED_NOTE}

Every row is a test with the real program (\`npx vitest run --project peers\`). The result is that of Haechi under a requirement that names the right key or identity, unless the row says
otherwise; a code is the reason that is given. "The peer says" is its own verdict on the same bytes, where it was asked. What the states and codes mean: [guide](../guides/en/signatures.md).

${sections.join("\n\n")}
`;
}

function renderKind(cases: readonly PeerCase[]): string {
  return Object.entries(DIRECTIONS)
    .map(([direction, title]) => ({ title, rows: cases.filter((each) => each.direction === direction) }))
    .filter(({ rows }) => rows.length > 0)
    .map(({ title, rows }) => `### ${title}\n\n${renderRows(rows)}`)
    .join("\n\n");
}

function renderRows(cases: readonly PeerCase[]): string {
  return renderTable(
    ["what", "peer", "where", "result", "the peer says"],
    cases.map((each) => [
      each.name,
      each.peer,
      each.store,
      each.want.code === undefined ? each.want.state : `${each.want.state}: \`${each.want.code}\``,
      each.peerSays ?? "",
    ]),
  );
}
