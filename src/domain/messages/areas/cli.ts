// SPDX-License-Identifier: Apache-2.0

export const cliEn = {
  "cli.help.about":
    "Haechi: one policy, one verdict on an image, at build, in the registry, at admission and at run time.",
  "cli.help.usage": "Usage:",
  "cli.help.commandWord": "COMMAND",
  "cli.help.options": "OPTIONS",
  "cli.help.optionsTitle": "Options:",
  "cli.help.arguments": "Arguments:",
  "cli.help.commands": "Commands:",
  "cli.help.examples": "Examples:",
  "cli.help.default": "default: {value}",
  "cli.help.more": "“{program} help COMMAND” explains one command.",
  "cli.help.exitCodes":
    "Exit codes:\n  0  done, and the verdict is not “deny”\n  1  the verdict is “deny”\n  2  no result: wrong usage, or the image could not be read\n  3  nobody can tell: the scan is incomplete or the verdict undecided",
  "cli.seeHelp": "See “{command}”.",
  "cli.unknownCommand": "there is no command “{name}”",
  "cli.option.help": "Show this help.",
  "cli.option.lang": "Language of messages; default from HAECHI_LANG or the locale.",
  "cli.option.output": "Write the result to a file instead of standard output.",
  "cli.version.summary": "Print the version.",
  "cli.server.summary": "Start registry, admission gate, API, console and scanner in one process.",
  "cli.admin.accountUnknown": "there is no account “{name}”",
  "cli.admin.resetPassword.summary": "Give an account a new first password; the server must be stopped.",
  "cli.admin.resetPassword.account": "Name of the account; default: admin.",
  "cli.admin.resetPassword.done":
    "This is the new password of {name}. It is shown only now; all sessions were ended, and the console asks for another one at the next login.",
  "cli.admin.rotateKey.summary":
    "Encrypt the secrets in the database with a new key; the server must be stopped. After an interruption, run it again.",
  "cli.admin.rotateKey.done": "All secrets were encrypted with a new key, which is in {file}.",
  "cli.admin.rotateKey.finished":
    "An earlier run had encrypted all secrets with a new key already; it is in {file} now.",
  "cli.admin.rotateKey.backups":
    "Backups from before need the old key: keep the copy of it as long as those backups. Make a copy of the new one, apart from the backups.",
  "cli.admin.restore.summary":
    "Restore a backup that was written before a change of the schema into an empty database; the server must be stopped.",
  "cli.admin.restore.folder":
    "A folder in backups/ of the data folder, or a snapshot of the registry, which brings back its blobs as well.",
  "cli.admin.restore.done": "Restored from {folder}.",
  "cli.scan.summary": "Scan an image and judge it by the policy; works without a server.",
  "cli.scan.image":
    "docker://REFERENCE, oci:FOLDER[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:REFERENCE], dir:FOLDER (a root file system), sbom:FILE (CycloneDX, SPDX) or dockerfile:FILE.",
  "cli.scan.format": "How the result is written.",
  "cli.scan.policy": "File with policy documents, instead of those of haechi.yaml and the default; may be repeated.",
  "cli.scan.failOn": "Deny vulnerabilities of this severity and worse, instead of judging by a policy.",
  "cli.scan.as": "Judge the image as if this was its reference (policies match references).",
  "cli.scan.namespace": "Judge for this Kubernetes namespace.",
  "cli.scan.platform": "Platform of an image index, such as linux/arm64, or “all”; default: this machine’s.",
  "cli.scan.db": "Folder of an advisory database; default: the server’s in the data folder, else the bundled one.",
  "cli.scan.plainHttp": "Use HTTP without TLS toward a registry that is not on this machine.",
  "cli.scan.caFile": "File with further certificate authorities for registries (PEM).",
  "cli.scan.username":
    "User name at the registry; the password is read from standard input or HAECHI_REGISTRY_PASSWORD.",
  "cli.scan.passwordStdin": "Read the registry password from standard input.",
  "cli.scan.noProgress": "Show no progress bar.",
  "cli.scan.noCache": "Read all layers, also those that an earlier scan has read.",
  "cli.scan.scanners":
    "What to look for, parted by commas: vulnerability, secret, configuration, license, malware; default: all but malware. A policy that asks about something else cannot tell.",
  "cli.scan.vex":
    "VEX document (OpenVEX, CSAF, CycloneDX) that says which vulnerabilities do not count, a folder of such, or the address of a VEX hub; may be repeated.",
  "cli.scan.vexKey":
    "Public key (PEM) whose owner may clear findings by VEX documents attached to the image; may be repeated. Without it what is attached does not count.",
  "cli.scan.ignoreFile":
    "File that says which findings do not count; default: .haechiignore.yaml in this folder, if there is one.",
  "cli.scan.allowedRegistry":
    "Of a Dockerfile: registry from which images may come, as a base or otherwise (docker.io for names without one, *.example.com for all below); may be repeated. Default: all.",
  "cli.scan.requireLabel":
    "Of a Dockerfile: label that must be set, and the kind of its value: text, url, rfc3339, spdx, hash, semver or email; may be repeated.",
  "cli.scan.strictLabels": "Of a Dockerfile: tell every label that --require-label does not name.",
  "cli.scan.explain":
    "Instead of the result say all about one finding, such as CVE-2024-3094: which advisory, range, file, layer, and what fixes it.",
  "cli.scan.vexUnknown":
    "{name} speaks of {count, plural, one {# product} other {# products}} that nothing in an image can be recognised by, such as {products}: what it says about them is not used",
  "cli.scan.vexUntrusted": "{name} does not count as a VEX document: {reason}",
  "cli.scan.ignoreFileInside":
    "{name} lies in the folder that is scanned, so it does not count; name it with --ignore-file if it should",
  "cli.scan.statementEnded": "{origin} ended ({until}) and suppresses nothing any more",
  "cli.scan.onePlatform":
    "The image is an index, and only one platform of it was judged. A cluster’s gate judges all of them: use “--platform all” for its verdict.",
  "cli.policy.warning":
    "the policy in {place} (document {document}) is accepted, and this is probably not meant: {path}: {message}",
  "cli.scan.written": "The result was written to {file}.",
  "cli.db.import.summary": "Import advisories from files and feeds, or a whole database, into the advisory database.",
  "cli.db.import.location":
    "A file, folder or URL in a form that is known (OSV, CSAF, OpenVEX, OVAL, update information, secdb, Debian tracker, KEV, EPSS, endoflife.date, Kubernetes feed), or a database as oci-archive:FILE, oci:FOLDER or docker://REFERENCE.",
  "cli.db.import.ecosystem": "Ecosystem to import, such as npm or Debian:12; may be repeated.",
  "cli.db.import.about": "Ecosystem that the files are about, where they do not say it, such as “openSUSE:Leap 15.6”.",
  "cli.db.import.into": "Database folder; default: advisories in the data folder.",
  "cli.db.import.done":
    "Imported {records, plural, one {# record} other {# records}} ({advisories, plural, one {# entry} other {# entries}}) into {file}; left out: {skipped} (withdrawn, or of other ecosystems), malformed: {problems}.",
  "cli.db.import.covers":
    "The database covers: {ecosystems}. Images of other distributions and packages of other ecosystems stay undecided.",
  "cli.db.import.noticed": "A running server that uses this folder takes it over within a minute.",
  "cli.db.build.summary": "Build a new advisory database from files and feeds.",
  "cli.db.build.sources": "Sources as of “db import”; without any, the bundled advisories.",
  "cli.db.build.output": "Folder to write; a database that is there is replaced when everything went well.",
  "cli.db.update.summary": "Update the advisory database from the reference in the configuration.",
  "cli.db.update.noReference":
    "no reference to update from is configured: set advisories.reference (and advisories.trustedKeys), or fetch a database with “haechi db pull”",
  "cli.db.pull.summary": "Fetch an advisory database from a registry or an OCI layout.",
  "cli.db.pull.location":
    "docker://REFERENCE, oci:FOLDER[:TAG] or oci-archive:FILE[:TAG]; with @sha256:… no signature is needed.",
  "cli.db.pull.done":
    "{folder} has the data of {date} now (from {digest}): {kept, plural, one {# shard} other {# shards}} as before, {deltas} by changes, {whole} fetched whole, {kib} KiB in all.",
  "cli.db.pull.same": "{folder} is up to date: it has the data of {date} already (from {digest}).",
  "cli.db.pull.pinned": "Trusted because it was named by its digest.",
  "cli.db.pull.signed": "Trusted because it is signed by {signers}.",
  "cli.db.trust.key":
    "Public key (PEM) that must have signed the database; default: advisories.trustedKeys; may be repeated.",
  "cli.db.push.summary": "Put the advisory database into a registry or an OCI layout, and sign it there.",
  "cli.db.push.location":
    "docker://REFERENCE, oci:FOLDER[:TAG] or oci-archive:FILE[:TAG]; the tag is v2 when none is named.",
  "cli.db.push.db": "Database folder; default: the one that a scan would use.",
  "cli.db.push.done":
    "Pushed {name} (tag {tag}): {kib} KiB of new layers, {deltas, plural, one {# layer} other {# layers}} of changes.",
  "cli.db.push.signed": "It is signed, and can be fetched by whoever trusts the key.",
  "cli.db.push.unsigned": "It is not signed: sign it with “haechi sign”, or let it be fetched by the digest above.",
  "cli.db.export.summary":
    "Write an advisory database with its signatures for another place, such as an air-gapped site.",
  "cli.db.export.location": "Where to: oci-archive:FILE[:TAG], oci:FOLDER[:TAG] or docker://REFERENCE.",
  "cli.db.export.from": "Copy the database at this location with its signatures instead of packing a local one.",
  "cli.db.export.done":
    "Copied to {name} (tag {tag}) with {signatures, plural, =0 {no signature} one {# signature} other {# signatures}}.",
  "cli.db.verify.summary": "Check a database folder against its digests, or the signature of a database elsewhere.",
  "cli.db.verify.location":
    "Folder, or docker://REFERENCE, oci:FOLDER[:TAG], oci-archive:FILE[:TAG]; default: the database of scans.",
  "cli.db.verify.artifact": "{location} is an advisory database with the digest {digest}.",
  "cli.db.verify.folder":
    "{folder} is whole: {shards, plural, one {# shard was read and matches} other {# shards were read and match}} the digest {digest}.",
  "cli.db.status.summary": "Show date, digest, coverage, sources and licences of an advisory database.",
  "cli.db.status.file": "Database folder; default: the one that a scan would use.",
  "cli.db.status.verify": "Read everything and compare it with its digests.",
  "cli.db.status.file.label": "Folder",
  "cli.db.status.date": "Date of the data",
  "cli.db.status.date.unknown": "date unknown",
  "cli.db.status.digest": "Digest",
  "cli.db.status.verified": "{digest} (verified: everything was read and matches)",
  "cli.db.status.advisories": "Advisories",
  "cli.db.status.size": "Size",
  "cli.db.status.origin": "Fetched from",
  "cli.db.status.trust": "Trust",
  "cli.db.status.source": "source",
  "cli.db.status.kind": "Kind",
  "cli.db.status.bundled": "the small database that ships with Haechi: import a full one with “haechi db import”",
  "cli.db.status.full": "imported",
  // the sentence of the error itself is English; other languages put their own in front of it
  "cli.error.SOURCE_NOT_FOUND": "{message}",
  "cli.error.SOURCE_UNREADABLE": "{message}",
  "cli.error.LOCATION_INVALID": "{message}",
  "cli.error.ARCHIVE_INVALID": "{message}",
  "cli.error.LAYOUT_INVALID": "{message}",
  "cli.error.IMAGE_NOT_FOUND": "{message}",
  "cli.error.IMAGE_AMBIGUOUS": "{message}",
  "cli.error.REFERENCE_INVALID": "{message}",
  "cli.error.REGISTRY_UNREACHABLE": "{message}",
  "cli.error.REGISTRY_TIMEOUT": "{message}",
  "cli.error.UNAUTHORIZED": "{message}; log in with “docker login”, or use --username and --password-stdin",
  "cli.error.DENIED": "{message}",
  "cli.error.MANIFEST_UNKNOWN": "{message}",
  "cli.error.OPTION_INVALID": "{message}",
  "cli.error.ARGUMENT_INVALID": "{message}",
  "cli.error.CONFIGURATION_INVALID": "{message}",
  "cli.error.POLICY_INVALID": "{message}",
  "cli.error.POLICY_FILE_UNREADABLE": "{message}",
  "cli.error.IGNORE_FILE_INVALID": "{message}",
  "cli.error.VEX_INVALID": "{message}",
  "cli.error.REQUIRED_SIGNATURES_INVALID": "{message}",
  "cli.error.ADVISORY_DATABASE_MISSING":
    "{message}; make one there with “haechi db import” or “haechi db pull”, or name no folder, for the one that scans use",
  "cli.error.ADVISORY_DATABASE_OLDER": "{message}",
  "cli.error.ADVISORY_DATABASE_OLDER_DATA": "{message}",
  "cli.error.ADVISORY_DATABASE_UNTRUSTED": "{message}",
  "cli.error.ADVISORY_DATABASE_CHANGED": "{message}",
  "cli.error.PLATFORM_NOT_FOUND": "{message}",
  "cli.error.NOT_AN_IMAGE": "{message}",
} as const;

export const cliKo: Record<keyof typeof cliEn, string> = {
  "cli.help.about":
    "Haechi(해치): 하나의 정책으로 빌드, 레지스트리, 배포, 실행 단계에서 이미지에 같은 판정을 내립니다.",
  "cli.help.usage": "사용법:",
  "cli.help.commandWord": "명령",
  "cli.help.options": "옵션",
  "cli.help.optionsTitle": "옵션:",
  "cli.help.arguments": "인수:",
  "cli.help.commands": "명령:",
  "cli.help.examples": "예:",
  "cli.help.default": "기본값: {value}",
  "cli.help.more": "명령별 설명은 “{program} help 명령”으로 볼 수 있습니다.",
  "cli.help.exitCodes":
    "종료 코드:\n  0  완료되었고 판정이 “거부”가 아닙니다\n  1  판정이 “거부”입니다\n  2  결과가 없습니다: 사용법이 틀렸거나 이미지를 읽을 수 없습니다\n  3  판단할 수 없습니다: 검사가 완전하지 않거나 판정을 내리지 못했습니다",
  "cli.seeHelp": "자세한 사용법은 “{command}” 명령으로 볼 수 있습니다.",
  "cli.unknownCommand": "“{name}” 명령이 없습니다",
  "cli.option.help": "이 도움말을 보여 줍니다.",
  "cli.option.lang": "메시지 언어. 기본값은 HAECHI_LANG 또는 로캘을 따릅니다.",
  "cli.option.output": "결과를 표준 출력 대신 파일에 씁니다.",
  "cli.version.summary": "버전을 출력합니다.",
  "cli.server.summary": "레지스트리, 어드미션 게이트, API, 콘솔, 스캐너를 한 프로세스로 시작합니다.",
  "cli.admin.accountUnknown": "“{name}” 계정이 없습니다",
  "cli.admin.resetPassword.summary": "계정에 새 임시 비밀번호를 발급합니다. 서버를 멈춘 상태에서 실행하십시오.",
  "cli.admin.resetPassword.account": "계정 이름. 기본값은 admin입니다.",
  "cli.admin.resetPassword.done":
    "{name} 계정의 새 비밀번호입니다. 지금 한 번만 보여 드립니다. 세션은 모두 종료되었으며, 다음에 로그인하면 콘솔이 새 비밀번호를 요구합니다.",
  "cli.admin.rotateKey.summary":
    "데이터베이스의 비밀 값을 새 키로 다시 암호화합니다. 서버를 멈춘 상태에서 실행하십시오. 도중에 중단되면 다시 실행하십시오.",
  "cli.admin.rotateKey.done": "모든 비밀 값을 새 키로 암호화했습니다. 새 키 파일은 {file}입니다.",
  "cli.admin.rotateKey.finished":
    "이전 실행에서 이미 모든 비밀 값을 새 키로 암호화한 상태였습니다. 새 키를 {file} 파일로 옮겨 작업을 마쳤습니다.",
  "cli.admin.rotateKey.backups":
    "이전에 만든 백업을 복원하려면 이전 키가 필요합니다. 그 백업을 보관하는 동안에는 이전 키의 사본도 보관하고, 새 키의 사본은 백업과 따로 보관하십시오.",
  "cli.admin.restore.summary":
    "스키마를 변경하기 전에 만들어진 백업을 빈 데이터베이스에 복원합니다. 서버를 멈춘 상태에서 실행하십시오.",
  "cli.admin.restore.folder":
    "데이터 폴더의 backups/ 안에 있는 폴더 또는 레지스트리 스냅샷입니다. 스냅샷이면 blob도 함께 복원합니다.",
  "cli.admin.restore.done": "{folder}에서 복원했습니다.",
  "cli.scan.summary": "이미지를 검사하고 정책에 따라 판정합니다. 서버 없이도 동작합니다.",
  "cli.scan.image":
    "docker://참조, oci:폴더[:태그], oci-archive:파일[:태그], docker-archive:파일[:참조], dir:폴더(루트 파일 시스템), sbom:파일(CycloneDX, SPDX), dockerfile:파일 중 하나입니다.",
  "cli.scan.format": "결과 형식입니다.",
  "cli.scan.policy": "haechi.yaml과 기본 정책 대신 사용할 정책 문서 파일. 여러 번 지정할 수 있습니다.",
  "cli.scan.failOn": "정책 대신, 이 심각도 이상의 취약점이 있으면 거부합니다.",
  "cli.scan.as": "이미지 참조가 이 값이라고 보고 판정합니다(정책은 참조로 찾습니다).",
  "cli.scan.namespace": "이 쿠버네티스 네임스페이스를 기준으로 판정합니다.",
  "cli.scan.platform": "이미지 인덱스에서 고를 플랫폼(예: linux/arm64) 또는 “all”. 기본값은 이 장비의 플랫폼입니다.",
  "cli.scan.db":
    "보안 권고 데이터베이스 폴더. 기본값은 데이터 폴더의 서버 데이터베이스이며, 없으면 내장 데이터베이스입니다.",
  "cli.scan.plainHttp": "이 장비 밖의 레지스트리에 TLS 없이 HTTP로 접속합니다.",
  "cli.scan.caFile": "레지스트리용 추가 인증 기관 파일(PEM)입니다.",
  "cli.scan.username": "레지스트리 사용자 이름. 비밀번호는 표준 입력 또는 HAECHI_REGISTRY_PASSWORD에서 읽습니다.",
  "cli.scan.passwordStdin": "레지스트리 비밀번호를 표준 입력에서 읽습니다.",
  "cli.scan.noProgress": "진행 표시줄을 보여 주지 않습니다.",
  "cli.scan.noCache": "이전 검사에서 읽은 레이어도 모두 다시 읽습니다.",
  "cli.scan.scanners":
    "찾을 대상을 쉼표로 구분해 지정합니다: vulnerability, secret, configuration, license, malware. 기본값은 malware를 제외한 전부입니다. 지정하지 않은 대상을 정책이 요구하면 판단할 수 없음이 됩니다.",
  "cli.scan.vex":
    "집계에서 제외할 취약점을 밝힌 VEX 문서(OpenVEX, CSAF, CycloneDX), 그런 문서가 있는 폴더 또는 VEX 허브의 주소입니다. 여러 번 지정할 수 있습니다.",
  "cli.scan.vexKey":
    "이미지에 첨부된 VEX 문서로 검출 항목을 제외할 수 있는 서명자의 공개 키(PEM)입니다. 여러 번 지정할 수 있으며, 지정하지 않으면 첨부된 문서는 반영하지 않습니다.",
  "cli.scan.ignoreFile":
    "집계에서 제외할 항목을 적은 파일입니다. 기본값은 현재 폴더의 .haechiignore.yaml이며, 없으면 사용하지 않습니다.",
  "cli.scan.allowedRegistry":
    "Dockerfile 검사용: 베이스 이미지를 비롯해 빌드에 쓰는 이미지를 가져올 수 있는 레지스트리입니다(레지스트리가 없는 이름은 docker.io, *.example.com은 하위 전체). 여러 번 지정할 수 있으며 기본값은 모두 허용입니다.",
  "cli.scan.requireLabel":
    "Dockerfile 검사용: 필수 라벨과 값의 종류(text, url, rfc3339, spdx, hash, semver, email)입니다. 여러 번 지정할 수 있습니다.",
  "cli.scan.strictLabels": "Dockerfile 검사용: --require-label에 없는 라벨을 모두 알립니다.",
  "cli.scan.explain":
    "결과 대신 CVE-2024-3094와 같은 항목 하나를 자세히 설명합니다. 어떤 보안 권고와 범위인지, 어느 파일과 레이어인지, 어떻게 해결하는지 보여 줍니다.",
  "cli.scan.vexUnknown":
    "{name} 문서에 이미지에서 확인할 수 없는 제품이 {count, plural, other {#개}} 있어 해당 내용은 사용하지 않습니다. 예: {products}",
  "cli.scan.vexUntrusted": "{name} 문서는 VEX로 반영하지 않습니다: {reason}",
  "cli.scan.ignoreFileInside":
    "검사 대상 폴더 안에 있는 {name} 파일은 반영하지 않습니다. 반영하려면 --ignore-file 옵션으로 지정하십시오",
  "cli.scan.statementEnded": "{origin} 항목은 {until}에 끝나 더 이상 적용되지 않습니다",
  "cli.scan.onePlatform":
    "이미지가 인덱스이며 그중 한 플랫폼만 판정했습니다. 클러스터 게이트는 모든 플랫폼을 판정하므로 같은 판정을 보려면 “--platform all”을 사용하십시오.",
  "cli.policy.warning":
    "{place}의 정책(문서 {document})을 적용하지만 의도와 다를 수 있는 내용이 있습니다. {path}: {message}",
  "cli.scan.written": "결과를 {file} 파일에 썼습니다.",
  "cli.db.import.summary": "파일과 피드의 보안 권고 또는 데이터베이스 전체를 보안 권고 데이터베이스로 가져옵니다.",
  "cli.db.import.location":
    "지원하는 형식(OSV, CSAF, OpenVEX, OVAL, updateinfo, secdb, Debian tracker, KEV, EPSS, endoflife.date, Kubernetes 피드)의 파일, 폴더, URL 또는 oci-archive:파일, oci:폴더, docker://참조로 적은 데이터베이스입니다.",
  "cli.db.import.ecosystem": "가져올 생태계(예: npm, Debian:12). 여러 번 지정할 수 있습니다.",
  "cli.db.import.about": "파일에 적혀 있지 않을 때 그 파일이 다루는 생태계(예: “openSUSE:Leap 15.6”)입니다.",
  "cli.db.import.into": "데이터베이스 폴더. 기본값은 데이터 폴더의 advisories입니다.",
  "cli.db.import.done":
    "레코드 {records, plural, other {#}}건(항목 {advisories, plural, other {#}}건)을 {file} 폴더로 가져왔습니다. 철회되었거나 다른 생태계에 속한 {skipped}건은 제외했고 {problems}건은 형식이 잘못되었습니다.",
  "cli.db.import.covers":
    "이 데이터베이스가 다루는 범위: {ecosystems}. 그 밖의 배포판 이미지와 생태계 패키지는 판정 불가로 남습니다.",
  "cli.db.import.noticed": "이 폴더를 사용하는 서버가 실행 중이면 1분 안에 새 데이터를 사용합니다.",
  "cli.db.build.summary": "파일과 피드로 새 보안 권고 데이터베이스를 만듭니다.",
  "cli.db.build.sources": "“db import”와 같은 형식의 자료. 지정하지 않으면 내장 권고로 만듭니다.",
  "cli.db.build.output": "쓸 폴더. 이미 데이터베이스가 있으면 작업이 모두 성공했을 때 바꿉니다.",
  "cli.db.update.summary": "설정에 적힌 참조에서 보안 권고 데이터베이스를 업데이트합니다.",
  "cli.db.update.noReference":
    "업데이트할 참조가 설정되지 않았습니다. advisories.reference(와 advisories.trustedKeys)를 설정하거나 “haechi db pull”로 데이터베이스를 받으십시오",
  "cli.db.pull.summary": "레지스트리나 OCI 레이아웃에서 보안 권고 데이터베이스를 받습니다.",
  "cli.db.pull.location":
    "docker://참조, oci:폴더[:태그] 또는 oci-archive:파일[:태그]. @sha256:…으로 고정하면 서명이 필요 없습니다.",
  "cli.db.pull.done":
    "{folder} 폴더에 이제 {date} 데이터가 있습니다({digest}). 그대로 쓴 샤드 {kept, plural, other {#}}개, 변경분으로 만든 샤드 {deltas}개, 통째로 받은 샤드 {whole}개이며 모두 {kib}KiB를 받았습니다.",
  "cli.db.pull.same": "{folder} 폴더는 최신입니다. {date} 데이터가 이미 있습니다({digest}).",
  "cli.db.pull.pinned": "다이제스트로 지정했으므로 신뢰합니다.",
  "cli.db.pull.signed": "서명한 주체를 확인하여 신뢰합니다: {signers}",
  "cli.db.trust.key":
    "데이터베이스에 서명했어야 하는 공개 키(PEM). 기본값은 advisories.trustedKeys이며 여러 번 지정할 수 있습니다.",
  "cli.db.push.summary": "보안 권고 데이터베이스를 레지스트리나 OCI 레이아웃에 올리고 그 자리에서 서명합니다.",
  "cli.db.push.location":
    "docker://참조, oci:폴더[:태그] 또는 oci-archive:파일[:태그]. 태그를 적지 않으면 v2를 사용합니다.",
  "cli.db.push.db": "데이터베이스 폴더. 기본값은 scan 명령이 사용할 폴더입니다.",
  "cli.db.push.done":
    "{name}에 올렸습니다(태그 {tag}). 새 레이어 {kib}KiB, 변경분 레이어 {deltas, plural, other {#}}개입니다.",
  "cli.db.push.signed": "서명했으므로 이 키를 신뢰하는 쪽에서 받을 수 있습니다.",
  "cli.db.push.unsigned":
    "서명하지 않았습니다. “haechi sign”으로 서명하거나, 위의 다이제스트를 지정하여 받게 하십시오.",
  "cli.db.export.summary": "폐쇄망 등 다른 곳에서 쓸 보안 권고 데이터베이스를 서명과 함께 내보냅니다.",
  "cli.db.export.location": "내보낼 곳: oci-archive:파일[:태그], oci:폴더[:태그] 또는 docker://참조.",
  "cli.db.export.from": "로컬 데이터베이스를 묶는 대신 이 위치의 데이터베이스를 서명과 함께 복사합니다.",
  "cli.db.export.done":
    "{name}에 복사했습니다(태그 {tag}). {signatures, plural, =0 {서명은 없습니다} other {서명 #개를 함께 복사했습니다}}.",
  "cli.db.verify.summary":
    "데이터베이스 폴더를 다이제스트와 비교하거나, 다른 곳에 있는 데이터베이스의 서명을 확인합니다.",
  "cli.db.verify.location":
    "폴더 또는 docker://참조, oci:폴더[:태그], oci-archive:파일[:태그]. 기본값은 scan 명령이 사용할 데이터베이스입니다.",
  "cli.db.verify.artifact": "{location} 위치의 보안 권고 데이터베이스 다이제스트는 {digest}입니다.",
  "cli.db.verify.folder":
    "{folder} 폴더는 온전합니다. 샤드 {shards, plural, other {#}}개를 모두 읽었으며 다이제스트 {digest}와 일치합니다.",
  "cli.db.status.summary": "보안 권고 데이터베이스의 날짜, 다이제스트, 범위, 출처, 라이선스를 보여 줍니다.",
  "cli.db.status.file": "데이터베이스 폴더. 기본값은 scan 명령이 사용할 폴더입니다.",
  "cli.db.status.verify": "전체를 읽어 다이제스트와 비교합니다.",
  "cli.db.status.file.label": "폴더",
  "cli.db.status.date": "데이터 날짜",
  "cli.db.status.date.unknown": "날짜 알 수 없음",
  "cli.db.status.digest": "다이제스트",
  "cli.db.status.verified": "{digest} (확인됨: 전체를 읽어 비교했으며 일치합니다)",
  "cli.db.status.advisories": "권고 수",
  "cli.db.status.size": "크기",
  "cli.db.status.origin": "받은 곳",
  "cli.db.status.trust": "신뢰 근거",
  "cli.db.status.source": "출처",
  "cli.db.status.kind": "종류",
  "cli.db.status.bundled":
    "Haechi에 내장된 작은 데이터베이스입니다. “haechi db import” 명령으로 전체 데이터베이스를 가져오십시오",
  "cli.db.status.full": "가져온 데이터베이스",
  "cli.error.SOURCE_NOT_FOUND": "지정한 파일이나 폴더가 없습니다: {message}",
  "cli.error.SOURCE_UNREADABLE": "이미지를 읽을 수 없습니다: {message}",
  "cli.error.LOCATION_INVALID": "이미지 위치를 이해할 수 없습니다: {message}",
  "cli.error.ARCHIVE_INVALID": "이미지 아카이브가 아니거나 손상되었습니다: {message}",
  "cli.error.LAYOUT_INVALID": "OCI 레이아웃이 아니거나 손상되었습니다: {message}",
  "cli.error.IMAGE_NOT_FOUND": "그 이름의 이미지가 없습니다: {message}",
  "cli.error.IMAGE_AMBIGUOUS": "이미지가 여러 개입니다. 태그를 지정하십시오: {message}",
  "cli.error.REFERENCE_INVALID": "이미지 참조의 형식이 잘못되었습니다: {message}",
  "cli.error.REGISTRY_UNREACHABLE":
    "레지스트리에 연결할 수 없습니다. 주소와 네트워크, 프록시 설정을 확인하십시오: {message}",
  "cli.error.REGISTRY_TIMEOUT": "레지스트리가 제시간에 응답하지 않습니다: {message}",
  "cli.error.UNAUTHORIZED":
    "레지스트리 인증에 실패했습니다. 로그인하거나 --username과 --password-stdin을 사용하십시오: {message}",
  "cli.error.DENIED": "레지스트리가 요청을 거부했습니다: {message}",
  "cli.error.MANIFEST_UNKNOWN": "레지스트리에 그 이미지가 없습니다: {message}",
  "cli.error.OPTION_INVALID": "옵션이 잘못되었습니다: {message}",
  "cli.error.ARGUMENT_INVALID": "인수가 잘못되었습니다: {message}",
  "cli.error.CONFIGURATION_INVALID": "설정이 잘못되었습니다: {message}",
  "cli.error.POLICY_INVALID": "정책 문서가 잘못되었습니다: {message}",
  "cli.error.POLICY_FILE_UNREADABLE": "정책 파일을 읽을 수 없습니다: {message}",
  "cli.error.IGNORE_FILE_INVALID": "제외 파일이 잘못되었습니다: {message}",
  "cli.error.VEX_INVALID": "VEX 문서를 사용할 수 없습니다: {message}",
  "cli.error.REQUIRED_SIGNATURES_INVALID": "서명을 요구하는 설정이 잘못되었습니다: {message}",
  "cli.error.ADVISORY_DATABASE_MISSING":
    "보안 권고 데이터베이스가 없습니다. “haechi db import”나 “haechi db pull” 명령으로 만들거나, 폴더를 지정하지 말고 기본 데이터베이스를 사용하십시오: {message}",
  "cli.error.ADVISORY_DATABASE_OLDER":
    "더 이상 읽지 않는 예전 형식의 보안 권고 데이터베이스입니다. 같은 “haechi db import” 또는 “haechi db build” 명령을 다시 실행하면 새 형식의 폴더가 만들어집니다: {message}",
  "cli.error.ADVISORY_DATABASE_OLDER_DATA":
    "받으려는 데이터가 지금 사용하는 것보다 오래되어 아무것도 바꾸지 않았습니다. 일부러 되돌리려면 다이제스트(@sha256:…)로 지정하십시오: {message}",
  "cli.error.ADVISORY_DATABASE_UNTRUSTED":
    "신뢰하는 키로 서명되지 않았고 다이제스트로 고정하지도 않은 데이터베이스이므로 사용하지 않습니다. advisories.trustedKeys 또는 --key로 키를 지정하거나 @sha256:… 다이제스트로 지정하십시오: {message}",
  "cli.error.ADVISORY_DATABASE_CHANGED":
    "다른 작업이 먼저 데이터베이스를 바꾸어 아무것도 변경하지 않았습니다. 다시 실행하십시오: {message}",
  "cli.error.PLATFORM_NOT_FOUND": "요청한 플랫폼의 이미지가 인덱스에 없습니다: {message}",
  "cli.error.NOT_AN_IMAGE": "컨테이너 이미지가 아닙니다: {message}",
};
