/** What a library user imports. The command line is made of the same parts. */

export type { FaultEnd, FaultLook, FaultStack, FaultTools } from "./fault/define.ts";
export { type AnyFault, defineFault, type Fault } from "./fault/define.ts";
export { builtInFaults } from "./fault/registry.ts";
export { type Journal, type JournalRecord, parseJournal } from "./journal.ts";
export { readJournal } from "./journal-file.ts";
export type * from "./judge/judgement.ts";
export type { BrokenHealerJudgement, MatrixCell, MatrixJudgement, MatrixScenario } from "./judge/matrix.ts";
export { type Asked, judgeRun, judgeScenarios, type RunJudgement } from "./judge/run.ts";
export type { PlannedClaim } from "./judge/scenario.ts";
export { judgeTrial } from "./judge/trial.ts";
export type { Act, TrialPlan } from "./plan.ts";
export { type PlannedMatrix, planMatrix } from "./plan-matrix.ts";
export { planTrials } from "./plan-trials.ts";
export type { RunRecord } from "./report/run-record.ts";
export { type FinishedTrial, Run, type RunOptions } from "./run.ts";
export { writeReports } from "./run-folder.ts";
export { type BrokenHealer, loadBrokenHealers } from "./scenario/broken-healers.ts";
export { type ScenarioText, scenario, scenarioWith } from "./scenario/define.ts";
export { type LoadedScenario, loadScenarios } from "./scenario/load.ts";
export { type Duration, formatDuration, formatInterval, type Interval, parseDuration } from "./time.ts";
