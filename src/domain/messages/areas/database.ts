// SPDX-License-Identifier: Apache-2.0

/** One message for each `DatabaseErrorCode` that a person who runs Haechi can do something about, filled from the error's details. */
export const databaseEn = {
  "database.DATABASE_IN_USE":
    "Another Haechi process (pid {pid}) uses the database in {folder}. Stop it, or choose another data folder with HAECHI_DATA_DIR.",
  "database.DATABASE_NEWER":
    "The database was changed by a newer Haechi (schema {migration}; this version knows up to {known}). Start the newer version, or restore the backup that it wrote before the change.",
  "database.DATABASE_OTHER_MAJOR":
    "The database in {folder} was made by PostgreSQL {found}; this Haechi brings PostgreSQL {expected}. Start the Haechi version that used PostgreSQL {found}, dump the database with “pg_dump --format=custom”, stop it, move {folder} away, start this version once and stop it, then restore with “pg_restore --clean”.",
  "database.DATABASE_TOO_OLD": "Haechi needs PostgreSQL 15 or newer; the server is {version}.",
  "database.DATABASE_ENCODING": "Haechi needs a database in the encoding UTF8; this one is in {encoding}.",
  "database.DATABASE_UNAVAILABLE":
    "The database at {host} does not answer: {reason}. Check that it runs, and its address.",
  "database.DATABASE_URL_INVALID":
    "DATABASE_URL is not the URL of a PostgreSQL. It must look like postgresql://NAME:PASSWORD@HOST:5432/DATABASE, with special characters in the password percent-encoded.",
  "database.DATABASE_HOST_UNKNOWN":
    "The host of the database, {host}, is unknown. Check the host name in DATABASE_URL and the DNS of this machine.",
  "database.DATABASE_LOGIN_REFUSED":
    "The PostgreSQL at {host} refuses the role {user}: {reason}. Check the name and the password in DATABASE_URL, and pg_hba.conf of the server.",
  "database.DATABASE_MISSING":
    "The PostgreSQL at {host} has no database {database}. Make it with “createdb --owner {user} --encoding UTF8 --template template0 {database}”, or correct the name in DATABASE_URL.",
  "database.DATABASE_START_FAILED": "The embedded PostgreSQL does not start: {reason}",
  "database.EMBEDDED_UNSUPPORTED":
    "This installation has no embedded PostgreSQL for {platform}. Use an external one with HAECHI_DATABASE_URL.",
  "database.SYSTEM_ACCOUNT_MISSING":
    "PostgreSQL does not run as root, and none of these unprivileged accounts exists: {accounts}. Name one in the setting “database.systemUser”, or start Haechi as another user.",
  "database.DATA_FOLDER_UNREACHABLE":
    "The account {account}, which runs PostgreSQL, cannot use {folder}. Choose a data folder that it can enter with HAECHI_DATA_DIR, start Haechi as a user other than root, or use an external database with HAECHI_DATABASE_URL.",
  "database.DATA_FOLDER_OWNER":
    "The database in {folder} belongs to another account than {account}. Start Haechi as the user who made it, or change the owner of that folder and all in it.",
  "database.DISK_FULL": "The disk of the database is full. What was acknowledged is safe; free some space.",
  "database.MIGRATION_FAILED":
    "The change {migration} of the database schema failed and was undone. The database is as it was before.",
  "database.BACKUP_FAILED":
    "The backup before the change of the database schema could not be written to {folder}, so nothing was changed: {reason}",
  "database.BACKUP_INVALID": "The backup {folder} cannot be restored: {reason}",
  "database.DATABASE_NOT_EMPTY":
    "The database is not empty, so {folder} was not restored. With the embedded database, move the folder {database} away (and the folder that its file “location” names, if there is one), then try again; with an external one, give a new, empty database.",
  "database.KEY_ROTATION_UNFINISHED":
    "The secret key was being changed when that was interrupted: beside {file} lies {newFile}. Run “haechi admin rotate-key” again, which finishes it, then start the server.",
  "database.SECRET_KEY_WRONG":
    "The secret key is not the one that the secrets in the database ({folder}) were encrypted with. Set HAECHI_SECRET_KEY_FILE to the key file that belongs to this database.",
  "database.SECRET_KEY_FILE": "The secret key file {file} cannot be used: {reason}",
  "database.STORAGE_OF_ANOTHER":
    "The blobs in {folder} belong to another database. Check DATABASE_URL and the data folder. If that database is gone for good, remove the file {file}.",
} as const;

export const databaseKo: Record<keyof typeof databaseEn, string> = {
  "database.DATABASE_IN_USE":
    "다른 Haechi 프로세스(pid {pid})가 {folder}의 데이터베이스를 사용하고 있습니다. 그 프로세스를 종료하거나 HAECHI_DATA_DIR로 다른 데이터 폴더를 지정하십시오.",
  "database.DATABASE_NEWER":
    "이 데이터베이스는 더 새로운 Haechi가 변경했습니다(스키마 {migration}, 현재 버전이 지원하는 스키마는 {known}까지). 새 버전을 실행하거나 변경 전에 만들어진 백업을 복원하십시오.",
  "database.DATABASE_OTHER_MAJOR":
    "{folder}의 데이터베이스는 PostgreSQL {found}에서 만들어졌지만 이 Haechi에는 PostgreSQL {expected} 버전이 들어 있습니다. PostgreSQL {found} 버전을 쓰던 Haechi 버전을 실행해 “pg_dump --format=custom” 명령으로 덤프하고 종료한 뒤, {folder} 폴더를 다른 곳으로 옮기고 이 버전을 한 번 실행했다가 종료한 다음 “pg_restore --clean” 명령으로 복원하십시오.",
  "database.DATABASE_TOO_OLD": "PostgreSQL 15 이상이 필요합니다. 현재 서버 버전은 {version}입니다.",
  "database.DATABASE_ENCODING": "UTF8 인코딩 데이터베이스가 필요합니다. 현재 인코딩은 {encoding}입니다.",
  "database.DATABASE_UNAVAILABLE":
    "{host}의 데이터베이스가 응답하지 않습니다: {reason}. 데이터베이스가 실행 중인지, 주소가 맞는지 확인하십시오.",
  "database.DATABASE_URL_INVALID":
    "DATABASE_URL이 PostgreSQL URL이 아닙니다. postgresql://NAME:PASSWORD@HOST:5432/DATABASE 형식이어야 하며 비밀번호의 특수 문자는 퍼센트 인코딩해야 합니다.",
  "database.DATABASE_HOST_UNKNOWN":
    "데이터베이스의 {host} 호스트를 찾을 수 없습니다. DATABASE_URL의 호스트 이름과 이 서버의 DNS 설정을 확인하십시오.",
  "database.DATABASE_LOGIN_REFUSED":
    "{host}의 PostgreSQL이 {user} 역할의 로그인을 거부했습니다: {reason}. DATABASE_URL의 이름과 비밀번호, 서버의 pg_hba.conf를 확인하십시오.",
  "database.DATABASE_MISSING":
    "{host}의 PostgreSQL에 {database} 데이터베이스가 없습니다. “createdb --owner {user} --encoding UTF8 --template template0 {database}” 명령으로 만들거나 DATABASE_URL의 데이터베이스 이름을 고치십시오.",
  "database.DATABASE_START_FAILED": "내장 PostgreSQL을 시작하지 못했습니다: {reason}",
  "database.EMBEDDED_UNSUPPORTED":
    "이 설치본에는 {platform}용 내장 PostgreSQL이 없습니다. HAECHI_DATABASE_URL로 외부 PostgreSQL을 지정하십시오.",
  "database.SYSTEM_ACCOUNT_MISSING":
    "PostgreSQL은 root로 실행되지 않는데, 사용할 수 있는 일반 계정이 없습니다(찾아본 계정: {accounts}). “database.systemUser” 설정에 계정을 지정하거나 다른 사용자로 Haechi를 실행하십시오.",
  "database.DATA_FOLDER_UNREACHABLE":
    "PostgreSQL을 실행하는 계정({account})이 {folder}에 접근할 수 없습니다. HAECHI_DATA_DIR로 접근할 수 있는 데이터 폴더를 지정하거나, root가 아닌 사용자로 Haechi를 실행하거나, HAECHI_DATABASE_URL로 외부 데이터베이스를 사용하십시오.",
  "database.DATA_FOLDER_OWNER":
    "{folder}의 데이터베이스는 {account} 계정이 아닌 다른 계정의 소유입니다. 데이터베이스를 만든 사용자로 Haechi를 실행하거나 해당 폴더와 그 안의 모든 파일의 소유자를 변경하십시오.",
  "database.DISK_FULL":
    "데이터베이스가 있는 디스크가 가득 찼습니다. 저장이 확인된 데이터는 안전합니다. 디스크 공간을 확보하십시오.",
  "database.MIGRATION_FAILED":
    "데이터베이스 스키마 변경({migration})에 실패해 되돌렸습니다. 데이터베이스는 변경 전 상태 그대로입니다.",
  "database.BACKUP_FAILED":
    "데이터베이스 스키마를 변경하기 전에 만드는 백업을 {folder}에 저장하지 못해 아무것도 변경하지 않았습니다: {reason}",
  "database.BACKUP_INVALID": "{folder} 백업을 복원할 수 없습니다: {reason}",
  "database.DATABASE_NOT_EMPTY":
    "데이터베이스가 비어 있지 않아 {folder} 백업을 복원하지 않았습니다. 내장 데이터베이스라면 {database} 폴더를(그 안에 “location” 파일이 있으면 거기 적힌 폴더도) 다른 곳으로 옮긴 뒤 다시 시도하고, 외부 데이터베이스라면 비어 있는 새 데이터베이스를 지정하십시오.",
  "database.KEY_ROTATION_UNFINISHED":
    "비밀 키를 바꾸는 작업이 도중에 중단되었습니다({file} 옆에 {newFile} 파일이 있습니다). “haechi admin rotate-key” 명령을 다시 실행하면 작업이 마무리됩니다. 그런 다음 서버를 시작하십시오.",
  "database.SECRET_KEY_WRONG":
    "비밀 키가 데이터베이스({folder})의 비밀 값을 암호화한 키와 다릅니다. HAECHI_SECRET_KEY_FILE에 이 데이터베이스의 키 파일을 지정하십시오.",
  "database.SECRET_KEY_FILE": "{file} 비밀 키 파일을 사용할 수 없습니다: {reason}",
  "database.STORAGE_OF_ANOTHER":
    "{folder}의 blob은 다른 데이터베이스의 것입니다. DATABASE_URL과 데이터 폴더를 확인하십시오. 그 데이터베이스가 완전히 없어졌다면 {file} 파일을 지우십시오.",
};
