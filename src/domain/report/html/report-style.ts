// SPDX-License-Identifier: Apache-2.0

/** Colours have a contrast of at least 4.5 (WCAG 2.2, 1.4.3) on the background of their scheme. */
export const REPORT_STYLE: string = `
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, "Noto Sans KR", sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
th, td { border-bottom: 1px solid #8886; padding: .3rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
table.facts { width: auto; }
.verdict { font-size: 1.2rem; font-weight: 700; }
.deny, .critical { color: #b00020; font-weight: 700; }
.high { color: #b00020; }
.undecided, .medium, .unknown { color: #8a5300; }
.allow { color: #1b6e2f; }
.low { color: #1f5fa8; }
footer { color: #666; margin-top: 2rem; }
@media (prefers-color-scheme: dark) {
  .deny, .critical, .high { color: #ff8a94; }
  .undecided, .medium, .unknown { color: #f0b35e; }
  .allow { color: #7fd495; }
  .low { color: #8fbdf2; }
  footer { color: #aaa; }
}
@media print { body { margin: 0; max-width: none; } }
`;
