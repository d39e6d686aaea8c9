import { type Healproof, smallStack } from "./healproof.ts";

/** Scenarios of a stack with one small API, written to a healproof's own folder. */

/** Nothing heals it, so the fault stays in force for as long as anybody waits. */
export const frozenForGood = ({ folder }: Healproof) =>
  smallStack(
    folder,
    `name: api-hang
claim: A frozen API comes back (it does not)
stack: { compose: ./compose.yaml }
fault: { hang: { service: api } }
recovery:
  within: 60s
  healedBy: watchdog
  when: [{ probe: "http://api:8080/" }]
uncontrolled: this scenario is only there to be interrupted
`,
  );

export const apiCrash = ({ folder }: Healproof) =>
  smallStack(
    folder,
    `name: api-crash
claim: The restart policy has a crashed API back
stack: { compose: ./compose.yaml }
fault: { crash: { service: api } }
recovery:
  within: 10s
  healedBy: restart-policy
  when: [{ probe: "http://api:8080/" }]
uncontrolled: the scenarios of the gate have their controls
`,
  );
