import { createNotationWorkload } from "./test/support/test-pki/notation-workload.ts";
import { createNotationVerifier } from "#notation";
import { parseImageReference } from "#oci";
const source={read:async()=>{throw new Error("x")},keep:()=>{}};
for (const [format,kind,timestamped] of [["jws","rsa-2048",false],["jws","ec-256",false],["cose","rsa-2048",false],["cose","ec-256",false],["jws","rsa-2048",true],["cose","ec-256",true],["jws","rsa-4096",false]] as const) {
  const N=400; const w=await createNotationWorkload({count:N,format,kind,timestamped});
  const v=createNotationVerifier(w.requirement); const reference=parseImageReference("registry.example/a/b"); const now=new Date();
  const run=async()=>{ for(const i of w.items){ const r=await v.verify([i.candidate],{digest:i.digest,reference,now},source); if(r.signatures.length!==1||r.problems.length) throw new Error(JSON.stringify(r)); } };
  await run(); let t=performance.now(); await run(); const ours=(performance.now()-t)/N*1000;
  for(let i=0;i<N;i++) w.verifyBare(i); t=performance.now(); for(let i=0;i<N;i++) if(!w.verifyBare(i)) throw new Error(); const bare=(performance.now()-t)/N*1000;
  console.log(format,kind,timestamped?"tsa":"", "ours",ours.toFixed(0),"bare",bare.toFixed(0),(ours/bare).toFixed(2)+"x");
}
