export { isRouterInstalled } from "./router-process.ts";
export { evenness, type ScalingRow, scalingEfficiency } from "./scaling-efficiency.ts";
export {
  type Router,
  type RouterOptions,
  type RouterPolicy,
  type RouterWorker,
  startRouter,
} from "./start-router.ts";
