export { chooseForm, type FormRequest } from "./choose-form.ts";
export {
  type ClusterPlan,
  type ClusterPlanRequest,
  describeClusterPlan,
  planCluster,
} from "./plan-cluster.ts";
export { isRouterInstalled } from "./router-process.ts";
export { type ScalingRow, scalingEfficiency } from "./scaling-efficiency.ts";
export { type SaturationSign, signsOfSaturation } from "./signs-of-saturation.ts";
export {
  type Router,
  type RouterOptions,
  type RouterPolicy,
  type RouterWorker,
  startRouter,
} from "./start-router.ts";
