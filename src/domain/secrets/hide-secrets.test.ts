// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hideSecrets } from "#secrets";

const TOKEN = ["gh", "p_", "Zk3Qw8Rt5Yp2Lm7Nb4Vc9Xs6Df1Gh0Jk3Qw8"].join("");

describe("hideSecrets", () => {
  it.each([
    { text: "", want: "" },
    { text: "RUN /bin/sh -c make 한글", want: "RUN /bin/sh -c make 한글" },
    { text: "ENV TOKEN_FILE=/run/x PASSWORD= A=b", want: "ENV TOKEN_FILE=/run/x PASSWORD= A=b" },
    { text: `|1 T=${TOKEN} /bin/sh -c make`, want: "|1 T=ghp_Zk3Q**** /bin/sh -c make" },
    { text: `é ${TOKEN} 한 ${TOKEN}`, want: "é ghp_Zk3Q**** 한 ghp_Zk3Q****" },
    { text: "|1 DB_PASSWORD=abc12 /bin/sh -c make", want: "|1 DB_PASSWORD=**** /bin/sh -c make" },
    { text: 'ENV API_KEY="two words" A=b', want: "ENV API_KEY=**** A=b" },
    { text: "RUN psql postgres://me:hunter22x@db/x", want: "RUN psql postgres://me:h****@db/x" },
  ])("$text", ({ text, want }) => {
    expect(hideSecrets(text)).toBe(want);
  });

  it("never throws, and leaves no token whole", () => {
    const piece = fc.constantFrom(TOKEN, "PASSWORD=", " ", '"', "'", "=", "\n", "한");
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 30 }), (pieces) => {
        expect(hideSecrets(` ${pieces.join(" ")} `)).not.toContain(TOKEN);
      }),
    );
    hideSecrets("A=".repeat(100_000));
    hideSecrets("a".repeat(1_000_000));
  });
});
