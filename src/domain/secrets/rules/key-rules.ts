// SPDX-License-Identifier: Apache-2.0
import { type SecretRule, shaped } from "../secret-rule.ts";

/**
 * From the line that begins a private key (RFC 7468) to its first characters. The header lines of encrypted keys are between
 * them, and `\n` is written out where a key stands in JSON or in a variable.
 */
const BODY =
  "(?:\\\\n|\\\\r|[\\r\\n \\t,\"'|]|Proc-Type:[^\\n]{1,40}\\n|DEK-Info:[^\\n]{1,80}\\n|Version:[^\\n]{1,80}\\n|Comment:[^\\n]{1,80}\\n){1,12}([A-Za-z0-9+/=]{24,200})";

function pem(id: string, vendor: string, label: string, severity: SecretRule["severity"] = "critical"): SecretRule {
  const begin = `-----begin ${label.toLowerCase()}`;
  return shaped(
    { id, vendor, credential: "privateKey", severity },
    [begin],
    new RegExp(`-----BEGIN ${label}(?: BLOCK)?-----${BODY}`, "y"),
    { isInsideWord: true },
  );
}

/** Private keys in text. A key that a passphrase protects can be tried out by whoever has it, and is worth less. */
export const KEY_RULES: readonly SecretRule[] = [
  pem("private-key-pkcs8", "PKCS#8", "PRIVATE KEY"),
  pem("private-key-pkcs8-encrypted", "PKCS#8", "ENCRYPTED PRIVATE KEY", "medium"),
  pem("private-key-rsa", "RSA", "RSA PRIVATE KEY"),
  pem("private-key-ec", "EC", "EC PRIVATE KEY"),
  pem("private-key-dsa", "DSA", "DSA PRIVATE KEY"),
  pem("private-key-openssh", "OpenSSH", "OPENSSH PRIVATE KEY"),
  pem("private-key-pgp", "OpenPGP", "PGP PRIVATE KEY"),
  pem("private-key-cosign", "cosign", "ENCRYPTED COSIGN PRIVATE KEY", "medium"),
  pem("private-key-sigstore", "Sigstore", "ENCRYPTED SIGSTORE PRIVATE KEY", "medium"),
  pem("private-key-ssh2", "SSH2", "SSH2 ENCRYPTED PRIVATE KEY", "medium"),
  shaped(
    { id: "private-key-putty", vendor: "PuTTY", credential: "privateKey", severity: "critical" },
    ["putty-user-key-file-"],
    /PuTTY-User-Key-File-[123]: [^\n]{1,40}\n[\s\S]{1,4000}?Private-Lines: [0-9]{1,4}\r?\n([A-Za-z0-9+/=]{24,200})/y,
  ),
  shaped(
    { id: "private-key-jwk", vendor: "JSON Web Key", credential: "privateKey", severity: "critical" },
    ['"kty"'],
    /"kty"[ \t]{0,4}:[ \t]{0,4}"(?:RSA|EC|OKP)"[^{}]{1,2000}?"d"[ \t]{0,4}:[ \t]{0,4}"([A-Za-z0-9_-]{32,1400})"/y,
    { minEntropy: 4 },
  ),
  shaped(
    { id: "private-key-wireguard", vendor: "WireGuard", credential: "privateKey", severity: "critical" },
    ["privatekey", "presharedkey"],
    /(?:PrivateKey|PresharedKey)[ \t]{0,4}=[ \t]{0,4}([A-Za-z0-9+/]{43}=)(?![A-Za-z0-9+/=])/y,
    { minEntropy: 4 },
  ),
  shaped(
    { id: "ansible-vault", vendor: "Ansible", credential: "credentialsFile", severity: "low" },
    ["$ansible_vault;"],
    /(\$ANSIBLE_VAULT;1\.[12];AES256)/y,
    { shown: 15, isInsideWord: true },
  ),
];
