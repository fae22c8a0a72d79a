"""Starts vLLM in a pod of the workbook: python3 -c <this text> <key_guard.py> <deadline_timer.py> <vLLM's arguments>.

It does what a plain vLLM pod does not: every door but /health and /ping asks for the key, and the pod ends itself at
its deadline. Nothing but the image's own Python is needed. Not yet tried on a live RunPod account.
"""

import os
import shutil
import subprocess
import sys
import tempfile

key_guard, deadline_timer, *arguments = sys.argv[1:]

if not os.environ.get("VLLM_API_KEY"):
    sys.exit("workbook: VLLM_API_KEY is not set, and this pod does not serve without a key.")

folder = tempfile.mkdtemp(prefix="workbook-")
for name, text in {"workbook_key_guard": key_guard, "workbook_deadline_timer": deadline_timer}.items():
    with open(os.path.join(folder, name + ".py"), "w", encoding="utf-8") as file:
        file.write(text)

# Its own session: what ends the server's process group does not end the timer, which lives as long as the container.
subprocess.Popen([sys.executable, os.path.join(folder, "workbook_deadline_timer.py")], start_new_session=True)

search_path = [folder, *filter(None, [os.environ.get("PYTHONPATH")])]
environment = {**os.environ, "PYTHONPATH": os.pathsep.join(search_path)}
guarded = [*arguments, "--middleware", "workbook_key_guard.KeyGuard"]

sys.stdout.flush()
if shutil.which("vllm"):
    os.execvpe("vllm", ["vllm", "serve", *guarded], environment)
module = [sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", *guarded]
os.execvpe(sys.executable, module, environment)
