// SPDX-License-Identifier: Apache-2.0

export const registryAccountsEn = {
  "console.error.ACCOUNT_EXISTS": "There is an account of this name already, or the name is reserved.",
  "console.error.ACCOUNT_UNKNOWN": "There is no such account any more.",
  "console.error.ACCOUNT_HAS_NO_PASSWORD": "A robot account has no password. Make or rotate an access key instead.",
  "console.error.LAST_ADMINISTRATOR":
    "This is the last administrator who can sign in. Give somebody else the role ADMIN first.",
  "console.error.ADMINISTRATOR_OF_PARTS":
    "An account with the role ADMIN cannot be limited to some repositories. Choose another role and give ADMIN for the repositories instead.",
  "console.error.ACCESS_KEY_UNKNOWN": "There is no such access key, or it cannot be used any more.",
  "console.error.ACCESS_KEYS_FULL": "The account has two usable access keys already. Disable or remove one first.",
  "console.error.ACCESS_KEY_OF_PERSON":
    "People make their own access keys, so that nobody else knows the secret. Administrators make keys for robot accounts only.",
  "console.error.ACCOUNT_IDLE":
    "The owner of this access key has not signed in at the identity provider for too long. Sign in to the console once, then go on with the same key.",
  "console.error.OIDC_OFF": "Signing in with an identity provider is not set up on this server.",
  "console.error.OIDC_FAILED":
    "Signing in with the identity provider did not work. Try again; if it goes on, the server's log says why.",
  "console.error.OIDC_NO_ROLE":
    "The identity provider knows you, but nothing it says gives you a role here. Ask an administrator.",
  "session.oidc.back": "Back to the login page",
  "cli.server.address": "Address of the server; default: HAECHI_SERVER, else listen.console of the configuration.",
  "cli.server.username":
    "Account at the server (default admin); its password is read from HAECHI_PASSWORD or standard input. Without it, HAECHI_ACCESS_KEY and HAECHI_SECRET_KEY are used if they are set.",
  "cli.server.passwordStdin": "Read the password from standard input.",
  "cli.server.plainHttp": "Use HTTP without TLS toward a server that is not on this machine.",
  "cli.registry.accounts.list.summary": "List the accounts of the registry with their roles.",
  "cli.registry.accounts.create.summary": "Create an account of a person, with a first password, or of a robot.",
  "cli.registry.accounts.change.summary": "Change what an account may do.",
  "cli.registry.accounts.disable.summary": "Lock an account out at once: password, sessions, access keys and tokens.",
  "cli.registry.accounts.enable.summary": "Let a disabled account in again.",
  "cli.registry.accounts.remove.summary": "Remove an account with its access keys.",
  "cli.registry.accounts.resetPassword.summary": "Give an account a new first password, which is told once.",
  "cli.registry.accounts.password.summary":
    "Change the password of your own account: HAECHI_PASSWORD is the present one, HAECHI_NEW_PASSWORD the new one.",
  "cli.registry.accounts.password.stdin":
    "Read both from standard input: the present password in the first line, the new one in the second.",
  "cli.registry.accounts.name": "Name of the account.",
  "cli.registry.accounts.role":
    "ADMIN (all), IMAGE_UPLOADER (read and push), PERMISSION (switch the service on and off), VIEWER (read).",
  "cli.registry.accounts.grant":
    "Role in the repositories under a prefix, several times; * is every repository. Where there is one, only these count. Replaces those that are there.",
  "cli.registry.accounts.noGrants": "Take the roles per prefix away; the account's own role counts everywhere again.",
  "cli.registry.accounts.robot": "The account is of a program: it has no password, only access keys.",
  "cli.registry.keys.list.summary":
    "List access keys: state, created, rotated, last used, when they are to be rotated.",
  "cli.registry.keys.list.exitCodes":
    "Exit codes:\n  0  no key has to be rotated\n  1  some are older than 90 days\n  2  no result: wrong usage, or no answer",
  "cli.registry.keys.create.summary": "Make an access key of your own account, or of a robot. The secret is told once.",
  "cli.registry.keys.rotate.summary":
    "Make the key that takes the place of another one, which goes on working for a while.",
  "cli.registry.keys.disable.summary": "Refuse an access key from now on.",
  "cli.registry.keys.enable.summary": "Accept a disabled access key again.",
  "cli.registry.keys.remove.summary": "Remove an access key.",
  "cli.registry.keys.key": "The access key, as listed.",
  "cli.registry.keys.account": "Keys of this account; administrators only.",
  "cli.registry.keys.all": "Keys of all accounts; administrators only.",
  "cli.registry.keys.robot": "Robot account that the key is for; without it your own account.",
  "cli.registry.keys.description": "What the key is for.",
  "cli.registry.keys.expires": "The key stops working after as many days.",
  "cli.registry.keys.overlap": "How many hours the key that is replaced goes on working.",
  "registryAccounts.noKeys": "There are no access keys.",
  "registryAccounts.keysDue": "{usable} ({due} to rotate)",
  "registryAccounts.due": "{day}, overdue",
  "registryAccounts.removed": "The account {name} is removed.",
  "registryAccounts.passwordChanged":
    "The password of {name} is changed. Sessions and tokens that were made with the old one have ended.",
  "registryAccounts.keyRemoved": "The access key {key} is removed.",
  "registryAccounts.firstPassword":
    "This is the first password of {name}. It is shown once, and opens nothing until it is changed: in the console, or with haechi registry accounts password.",
  "registryAccounts.secretOnce":
    "This is an access key of {account}. The secret key is shown once: keep it where only its owner reads it.",
  "registryAccounts.keyEnds": "It stops working on {day}: rotate it before.",
  "registryAccounts.column.name": "Name",
  "registryAccounts.column.kind": "Kind",
  "registryAccounts.column.state": "State",
  "registryAccounts.column.role": "Role",
  "registryAccounts.column.keys": "Keys",
  "registryAccounts.column.grants": "Roles per prefix",
  "registryAccounts.column.accessKey": "Access key",
  "registryAccounts.column.account": "Account",
  "registryAccounts.column.createdAt": "Created",
  "registryAccounts.column.rotatedAt": "Rotated",
  "registryAccounts.column.lastUsedAt": "Last used",
  "registryAccounts.column.rotateBy": "Rotate by",
  "registryAccounts.column.expiresAt": "Expires",
  "registryAccounts.column.description": "Description",
} as const;

export const registryAccountsKo: Record<keyof typeof registryAccountsEn, string> = {
  "console.error.ACCOUNT_EXISTS": "같은 이름의 계정이 이미 있거나 예약된 이름입니다.",
  "console.error.ACCOUNT_UNKNOWN": "계정이 더 이상 없습니다.",
  "console.error.ACCOUNT_HAS_NO_PASSWORD": "로봇 계정에는 비밀번호가 없습니다. 대신 액세스 키를 만들거나 교체하십시오.",
  "console.error.LAST_ADMINISTRATOR":
    "로그인할 수 있는 마지막 관리자입니다. 먼저 다른 계정에 ADMIN 역할을 부여하십시오.",
  "console.error.ADMINISTRATOR_OF_PARTS":
    "ADMIN 역할의 계정은 일부 저장소로 제한할 수 없습니다. 다른 역할을 선택하고 해당 저장소에 ADMIN을 부여하십시오.",
  "console.error.ACCESS_KEY_UNKNOWN": "액세스 키가 없거나 더 이상 사용할 수 없습니다.",
  "console.error.ACCESS_KEYS_FULL":
    "이 계정에는 사용할 수 있는 액세스 키가 이미 두 개 있습니다. 먼저 하나를 비활성화하거나 삭제하십시오.",
  "console.error.ACCESS_KEY_OF_PERSON":
    "사용자의 액세스 키는 본인만 만들 수 있습니다. 그래야 비밀 키를 다른 사람이 알 수 없습니다. 관리자는 로봇 계정의 키만 만듭니다.",
  "console.error.ACCOUNT_IDLE":
    "이 액세스 키의 소유자가 너무 오랫동안 ID 공급자로 로그인하지 않았습니다. 콘솔에 한 번 로그인한 뒤 같은 키를 계속 사용하십시오.",
  "console.error.OIDC_OFF": "이 서버에는 ID 공급자 로그인이 설정되어 있지 않습니다.",
  "console.error.OIDC_FAILED":
    "ID 공급자로 로그인하지 못했습니다. 다시 시도하십시오. 계속되면 서버 로그에서 원인을 확인하십시오.",
  "console.error.OIDC_NO_ROLE": "ID 공급자가 확인한 사용자이지만 부여된 역할이 없습니다. 관리자에게 문의하십시오.",
  "session.oidc.back": "로그인 페이지로 돌아가기",
  "cli.server.address": "서버 주소. 기본값은 HAECHI_SERVER이고, 없으면 설정의 listen.console입니다.",
  "cli.server.username":
    "서버의 계정(기본값 admin). 비밀번호는 HAECHI_PASSWORD 또는 표준 입력에서 읽습니다. 계정을 지정하지 않으면 HAECHI_ACCESS_KEY와 HAECHI_SECRET_KEY가 있을 때 그것을 사용합니다.",
  "cli.server.passwordStdin": "비밀번호를 표준 입력에서 읽습니다.",
  "cli.server.plainHttp": "이 장비 밖의 서버에 TLS 없이 HTTP로 접속합니다.",
  "cli.registry.accounts.list.summary": "레지스트리의 계정과 역할을 나열합니다.",
  "cli.registry.accounts.create.summary": "사용자 계정(첫 비밀번호 포함) 또는 로봇 계정을 만듭니다.",
  "cli.registry.accounts.change.summary": "계정의 권한을 바꿉니다.",
  "cli.registry.accounts.disable.summary": "계정을 즉시 막습니다. 비밀번호, 세션, 액세스 키, 토큰이 모두 거부됩니다.",
  "cli.registry.accounts.enable.summary": "비활성화한 계정을 다시 사용할 수 있게 합니다.",
  "cli.registry.accounts.remove.summary": "계정과 그 액세스 키를 삭제합니다.",
  "cli.registry.accounts.resetPassword.summary": "계정에 새 첫 비밀번호를 부여합니다. 한 번만 표시됩니다.",
  "cli.registry.accounts.password.summary":
    "본인 계정의 비밀번호를 바꿉니다. HAECHI_PASSWORD는 현재 비밀번호, HAECHI_NEW_PASSWORD는 새 비밀번호입니다.",
  "cli.registry.accounts.password.stdin":
    "두 비밀번호를 표준 입력에서 읽습니다. 첫 줄은 현재 비밀번호, 둘째 줄은 새 비밀번호입니다.",
  "cli.registry.accounts.name": "계정 이름.",
  "cli.registry.accounts.role":
    "ADMIN(전체), IMAGE_UPLOADER(조회와 푸시), PERMISSION(서비스 켜기와 끄기), VIEWER(조회).",
  "cli.registry.accounts.grant":
    "접두사 아래 저장소에서의 역할. 여러 번 지정할 수 있으며 *는 모든 저장소입니다. 하나라도 있으면 이 역할만 적용되고, 기존 설정을 대체합니다.",
  "cli.registry.accounts.noGrants": "접두사별 역할을 없앱니다. 계정의 역할이 다시 모든 곳에 적용됩니다.",
  "cli.registry.accounts.robot": "프로그램용 계정입니다. 비밀번호 없이 액세스 키만 사용합니다.",
  "cli.registry.keys.list.summary": "액세스 키의 상태, 생성, 교체, 마지막 사용, 교체 기한을 나열합니다.",
  "cli.registry.keys.list.exitCodes":
    "종료 코드:\n  0  교체할 키가 없습니다\n  1  90일이 지난 키가 있습니다\n  2  결과 없음: 잘못된 사용법이거나 응답이 없습니다",
  "cli.registry.keys.create.summary": "본인 계정 또는 로봇 계정의 액세스 키를 만듭니다. 비밀 키는 한 번만 표시됩니다.",
  "cli.registry.keys.rotate.summary": "기존 키를 대신할 새 키를 만듭니다. 기존 키는 일정 시간 동안 계속 동작합니다.",
  "cli.registry.keys.disable.summary": "액세스 키를 지금부터 거부합니다.",
  "cli.registry.keys.enable.summary": "비활성화한 액세스 키를 다시 허용합니다.",
  "cli.registry.keys.remove.summary": "액세스 키를 삭제합니다.",
  "cli.registry.keys.key": "목록에 표시된 액세스 키.",
  "cli.registry.keys.account": "이 계정의 키. 관리자만 사용할 수 있습니다.",
  "cli.registry.keys.all": "모든 계정의 키. 관리자만 사용할 수 있습니다.",
  "cli.registry.keys.robot": "키를 사용할 로봇 계정. 지정하지 않으면 본인 계정입니다.",
  "cli.registry.keys.description": "키의 용도.",
  "cli.registry.keys.expires": "지정한 일수가 지나면 키를 사용할 수 없습니다.",
  "cli.registry.keys.overlap": "교체되는 키를 몇 시간 동안 더 사용할 수 있는지 정합니다.",
  "registryAccounts.noKeys": "액세스 키가 없습니다.",
  "registryAccounts.keysDue": "{usable}개(교체 필요 {due}개)",
  "registryAccounts.due": "{day}, 기한 지남",
  "registryAccounts.removed": "{name} 계정을 삭제했습니다.",
  "registryAccounts.passwordChanged":
    "{name} 계정의 비밀번호를 바꿨습니다. 이전 비밀번호로 만든 세션과 토큰은 종료되었습니다.",
  "registryAccounts.keyRemoved": "{key} 액세스 키를 삭제했습니다.",
  "registryAccounts.firstPassword":
    "{name} 계정의 첫 비밀번호입니다. 한 번만 표시되며, 콘솔이나 haechi registry accounts password 명령으로 바꾸기 전에는 아무것도 열 수 없습니다.",
  "registryAccounts.secretOnce":
    "{account} 계정의 액세스 키입니다. 비밀 키는 한 번만 표시되므로 소유자만 읽을 수 있는 곳에 보관하십시오.",
  "registryAccounts.keyEnds": "{day}에 사용이 끝납니다. 그 전에 교체하십시오.",
  "registryAccounts.column.name": "이름",
  "registryAccounts.column.kind": "종류",
  "registryAccounts.column.state": "상태",
  "registryAccounts.column.role": "역할",
  "registryAccounts.column.keys": "키",
  "registryAccounts.column.grants": "접두사별 역할",
  "registryAccounts.column.accessKey": "액세스 키",
  "registryAccounts.column.account": "계정",
  "registryAccounts.column.createdAt": "생성",
  "registryAccounts.column.rotatedAt": "교체",
  "registryAccounts.column.lastUsedAt": "마지막 사용",
  "registryAccounts.column.rotateBy": "교체 기한",
  "registryAccounts.column.expiresAt": "만료",
  "registryAccounts.column.description": "설명",
};
