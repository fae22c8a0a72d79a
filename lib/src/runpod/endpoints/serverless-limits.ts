/**
 * What Runpod's load balancer does not do. A pod's proxy has other limits: it waits 100 s for an answer to begin.
 *
 * Source: runpod/docs, serverless/load-balancing/overview, and pods/configuration/expose-ports, read on 2026-11-24.
 */
export const loadBalancerLimits = {
  /** Then the answer breaks off, or is HTTP 524 where it has not begun. */
  requestSeconds: 330,
  /** How long a request waits for a worker before it is dropped with HTTP 400. */
  waitSeconds: 120,
  /** Of a request or an answer. */
  bodyMb: 30,
} as const;
