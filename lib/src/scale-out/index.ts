export {
  evenness,
  type Router,
  type RouterOptions,
  type RouterPolicy,
  type RouterWorker,
  type ScalingRow,
  scalingEfficiency,
  startRouter,
} from "./router/index.ts";
