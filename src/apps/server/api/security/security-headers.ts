// SPDX-License-Identifier: Apache-2.0

/** Headers of every answer. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  // An answer that is no page needs nothing; the console's page brings its own policy.
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};

/**
 * The policy of the console's page: scripts only from files of ours, style elements only with this page's nonce (the
 * component library writes its colours into one), nothing from elsewhere, in nobody's frame.
 */
export function renderPagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
