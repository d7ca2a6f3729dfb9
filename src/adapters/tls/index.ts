// SPDX-License-Identifier: Apache-2.0

export type { CertificateSecrets } from "./certificate-authorities.ts";
export {
  ensureAuthorityBundle,
  ensureServingCertificate,
  type ServingCertificate,
  type ServingCertificateOptions,
} from "./ensure-serving-certificate.ts";
export { TlsError, type TlsErrorCode } from "./errors.ts";
export {
  type CertificateFiles,
  readAuthorityFile,
  readCertificateFiles,
  readServingFiles,
} from "./read-certificate-files.ts";
export { type Watched, type WatchOptions, watchByReading } from "./watch-by-reading.ts";
