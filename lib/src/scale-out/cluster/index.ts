export type { ClusterPlan, ClusterPlanRequest } from "./cluster-plan.ts";
export { describeClusterPlan } from "./describe-cluster-plan.ts";
export { planCluster } from "./plan-cluster.ts";
