"""Starts JupyterLab: lab.py <options>

Whatever the user's own settings of Jupyter allow: without the token nobody gets a kernel, and no page of another origin
gets anything. The token is made here, since everybody on the machine can read a command line.
"""

import os
import secrets
import sys

from jupyterlab.labapp import LabApp

PROVIDER = "PasswordIdentityProvider"
CLOSED = [
    # Kernels run here, and not where another project's gateway would start them.
    "--GatewayClient.url=",
    "--ServerApp.allow_credentials=False",
    "--ServerApp.allow_origin=",
    "--ServerApp.allow_origin_pat=",
    "--ServerApp.allow_remote_access=False",
    "--ServerApp.disable_check_xsrf=False",
    f"--ServerApp.identity_provider_class=jupyter_server.auth.identity.{PROVIDER}",
    "--ServerApp.local_hostnames=localhost",
]

initialize = LabApp.initialize_server


def initialize_server(argv):
    server = initialize(argv=argv)
    # Jupyter prints the address with the token only where it has made the token itself.
    server.identity_provider.token_generated = True
    return server


if __name__ == "__main__":
    # Kernels inherit the environment, and a cell may print it.
    token = os.environ.pop("JUPYTER_TOKEN", "") or secrets.token_hex(24)
    LabApp.initialize_server = initialize_server
    LabApp.launch_instance([*CLOSED, f"--{PROVIDER}.token={token}", *sys.argv[1:]])
