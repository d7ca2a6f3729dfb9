// SPDX-License-Identifier: Apache-2.0

export const signingEn = {
  "cli.sign.summary": "Sign an image with a key or with an identity, so that cosign and Haechi verify it.",
  "cli.sign.image": "REFERENCE or docker://REFERENCE; what is signed is the digest that it has now.",
  "cli.sign.key":
    "Private key: PEM, or as “cosign generate-key-pair” writes it; its password is read from COSIGN_PASSWORD.",
  "cli.sign.keyPasswordStdin": "Read the password of the key from standard input.",
  "cli.sign.keyless": "Sign with an identity token instead of a key; the identity becomes public in the log.",
  "cli.sign.identityToken":
    "File with the identity token, or “-” for standard input; default: SIGSTORE_ID_TOKEN, or the token of a GitHub Actions job.",
  "cli.sign.oidcAudience": "Audience to ask GitHub Actions a token for.",
  "cli.sign.fulcioUrl": "Certificate authority (Fulcio).",
  "cli.sign.rekorUrl": "Transparency log (Rekor); default with --keyless: the public one, with --key: none.",
  "cli.sign.rekorVersion": "Version of the log’s API; version 2 needs --timestamp-server-url.",
  "cli.sign.timestampUrl": "Timestamp authority (RFC 3161), whole URL.",
  "cli.sign.recursive":
    "Of an image index: sign the index and everything in it, so that each child is accepted by itself.",
  "cli.sign.done": "Signed {image}",
  "cli.sign.public": "The identity in the token and the digest of the image will stand in the log at {url} for good.",
  "cli.attest.summary":
    "Attach a signed attestation to an image: its inventory, what the scan found, the verdict, or a statement of your own.",
  "cli.attest.type":
    "What to attest: sbom (CycloneDX), scan, verdict; or, with --predicate, a short name of cosign (slsaprovenance1, spdxjson, vuln, openvex …) or a URI.",
  "cli.attest.predicate": "File with the predicate (JSON) for a type that Haechi does not make by itself.",
  "cli.attest.recursive": "Of an image index: attest each child that was scanned as well; without it only the index.",
  "cli.attest.done": "Attested {type} of {image}",
  "cli.attest.outcome.allow": "The verdict that was signed: allow",
  "cli.attest.outcome.deny": "The verdict that was signed: DENY. It stands in for no scan anywhere.",
  "cli.attest.outcome.undecided": "The verdict that was signed: UNDECIDED. It stands in for no scan anywhere.",
  "cli.attest.noTime":
    "Warning: a key alone gives no trusted time of signing, and policies accept a verdict only for a time (maxAge): this one will be accepted nowhere. Add --timestamp-server-url or --rekor-url.",
  "cli.key.generate.summary": "Make a key pair for signing, as cosign does: ECDSA P-256, the private key encrypted.",
  "cli.key.generate.output": "Begin of the file names: PREFIX.key and PREFIX.pub.",
  "cli.key.generate.done":
    "The private key is in {privateKey}; keep it and its password where only the signer can read them. The public key for policies is in {publicKey}.",
  "cli.key.generate.exists":
    "{file} is there already, and a key is never overwritten. Choose another name with --output-key-prefix, or move the file away.",
  "cli.error.KEY_INVALID": "{message}",
  "cli.error.KEY_PASSWORD_WRONG": "{message}",
  "cli.error.IDENTITY_TOKEN_INVALID": "{message}",
  "cli.error.SIGNING_UNSUPPORTED": "{message}",
  "cli.error.SIGNING_SERVICE_FAILED": "{message}",
  "cli.error.TAG_MOVED": "{message}",
};

export const signingKo: Record<keyof typeof signingEn, string> = {
  "cli.sign.summary": "키 또는 신원으로 이미지에 서명합니다. cosign과 Haechi가 검증할 수 있습니다.",
  "cli.sign.image": "REFERENCE 또는 docker://REFERENCE. 현재 가리키는 다이제스트에 서명합니다.",
  "cli.sign.key": "개인 키: PEM 또는 “cosign generate-key-pair”가 만든 형식. 비밀번호는 COSIGN_PASSWORD에서 읽습니다.",
  "cli.sign.keyPasswordStdin": "키의 비밀번호를 표준 입력에서 읽습니다.",
  "cli.sign.keyless": "키 대신 신원 토큰으로 서명합니다. 신원이 로그에 공개됩니다.",
  "cli.sign.identityToken":
    "신원 토큰 파일, “-”이면 표준 입력. 기본값: SIGSTORE_ID_TOKEN 또는 GitHub Actions 작업의 토큰.",
  "cli.sign.oidcAudience": "GitHub Actions에 토큰을 요청할 때 쓰는 대상(audience).",
  "cli.sign.fulcioUrl": "인증 기관(Fulcio).",
  "cli.sign.rekorUrl": "투명성 로그(Rekor). 기본값: --keyless이면 공개 로그, --key이면 없음.",
  "cli.sign.rekorVersion": "로그 API의 버전. 버전 2에는 --timestamp-server-url이 필요합니다.",
  "cli.sign.timestampUrl": "타임스탬프 기관(RFC 3161)의 전체 URL.",
  "cli.sign.recursive": "이미지 인덱스인 경우 인덱스와 그 안의 모든 이미지에 서명하여 각각 따로 허용되게 합니다.",
  "cli.sign.done": "서명 완료: {image}",
  "cli.sign.public": "토큰의 신원과 이미지 다이제스트가 {url} 로그에 영구히 남습니다.",
  "cli.attest.summary": "서명한 증명을 이미지에 첨부합니다: 구성 목록, 검사 결과, 판정 또는 직접 작성한 내용.",
  "cli.attest.type":
    "증명할 내용: sbom(CycloneDX), scan, verdict. --predicate와 함께라면 cosign의 짧은 이름(slsaprovenance1, spdxjson, vuln, openvex …) 또는 URI.",
  "cli.attest.predicate": "Haechi가 직접 만들지 않는 유형의 내용(predicate) JSON 파일.",
  "cli.attest.recursive": "이미지 인덱스인 경우 검사한 하위 이미지도 각각 증명합니다. 없으면 인덱스만 증명합니다.",
  "cli.attest.done": "증명 첨부 완료({type}): {image}",
  "cli.attest.outcome.allow": "서명한 판정: 허용",
  "cli.attest.outcome.deny": "서명한 판정: 거부. 이 판정은 어디에서도 검사를 대신할 수 없습니다.",
  "cli.attest.outcome.undecided": "서명한 판정: 판단 불가. 이 판정은 어디에서도 검사를 대신할 수 없습니다.",
  "cli.attest.noTime":
    "경고: 키만으로는 신뢰할 수 있는 서명 시각이 없습니다. 정책은 판정을 일정 기간(maxAge) 동안만 인정하므로 이 판정은 어디에서도 인정되지 않습니다. --timestamp-server-url 또는 --rekor-url을 추가하십시오.",
  "cli.key.generate.summary": "cosign과 같은 방식의 서명 키 쌍을 만듭니다: ECDSA P-256, 개인 키는 암호화됩니다.",
  "cli.key.generate.output": "파일 이름의 앞부분: PREFIX.key와 PREFIX.pub.",
  "cli.key.generate.done":
    "개인 키는 {privateKey} 파일에 있습니다. 키와 비밀번호는 서명하는 사람만 읽을 수 있는 곳에 보관하십시오. 정책에 쓸 공개 키는 {publicKey} 파일에 있습니다.",
  "cli.key.generate.exists":
    "{file} 파일이 이미 있으며 키는 덮어쓰지 않습니다. --output-key-prefix로 다른 이름을 지정하거나 파일을 옮기십시오.",
  "cli.error.KEY_INVALID": "개인 키를 사용할 수 없습니다: {message}",
  "cli.error.KEY_PASSWORD_WRONG": "개인 키를 열 수 없습니다: {message}",
  "cli.error.IDENTITY_TOKEN_INVALID": "신원 토큰을 사용할 수 없습니다: {message}",
  "cli.error.SIGNING_UNSUPPORTED": "지원하지 않는 서명 방식입니다: {message}",
  "cli.error.SIGNING_SERVICE_FAILED": "서명 서비스가 실패했습니다: {message}",
  "cli.error.TAG_MOVED": "그동안 태그가 다른 이미지를 가리키게 되었습니다: {message}",
};
