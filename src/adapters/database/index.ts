// SPDX-License-Identifier: Apache-2.0
export { DatabaseError, type DatabaseErrorCode } from "./errors.ts";
export type {
  Account,
  AccountStore,
  AuditEntry,
  AuditStore,
  Database,
  DecisionRecord,
  DecisionStore,
  EventBus,
  ManifestRecord,
  RegistryStore,
  Role,
  ScanRecord,
  ScanStore,
  SecretStore,
  ServerEvent,
} from "./stores.ts";
