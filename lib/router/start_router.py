"""Starts the vLLM project's router with the configuration that comes as one line of JSON on standard input.

Its own command line would want packages that serve nothing else, could not ask clients for a key, and cannot do without
a fixed port for its metrics. The arguments of vllm_router_rs.Router are those of `vllm-router --help`, with underscores.
"""

import ctypes
import json
import os
import signal
import sys

from vllm_router_rs import PolicyType, Router

PR_SET_PDEATHSIG = 1


def end_with_starter(starter):
    """Lets the kernel end this process when its starter is gone, however that came about."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != starter:
        sys.exit("the process that started this router is gone")


def policy_type(name):
    return getattr(PolicyType, "".join(word.capitalize() for word in name.split("_")))


order = json.loads(sys.stdin.readline())
end_with_starter(order["starter"])
configuration = order["configuration"]
Router(**{**configuration, "policy": policy_type(configuration["policy"])}).start()
