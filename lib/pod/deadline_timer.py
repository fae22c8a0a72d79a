"""Ends this pod at its deadline with the key that RunPod gives to each pod, whatever became of the renter's machine.

The deadline comes from WORKBOOK_DEADLINE; a later one may stand at the end of the pod's name, which can be changed
without a restart. Whether the pod's own key may read and end its pod has not yet been tried on a live account.
"""

import datetime
import json
import os
import re
import time
import urllib.error
import urllib.request

API_URL = (os.environ.get("WORKBOOK_API_URL") or "https://api.runpod.io/v2").rstrip("/")
POD_ID = os.environ.get("RUNPOD_POD_ID", "")
POD_KEY = os.environ.get("RUNPOD_API_KEY", "")
LONGEST_SLEEP_SECONDS = 30


def say(text):
    print("workbook: " + text, flush=True)


def call(method, address, body=None):
    """Returns the status and the text of an answer; 0 where none came."""
    request = urllib.request.Request(address, method=method)
    request.add_header("Authorization", "Bearer " + POD_KEY)
    request.add_header("User-Agent", "serving-workbook-pod/0.1")
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, ""
    except Exception:
        return 0, ""


def parse_time(text):
    """Returns seconds since 1970, or None."""
    try:
        moment = datetime.datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return moment.timestamp()


def deadline_in_name():
    status, text = call("GET", API_URL + "/pods/" + POD_ID)
    try:
        name = json.loads(text)["name"] if status == 200 else ""
        found = re.search(r"-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$", name)
    except (ValueError, KeyError, TypeError):
        return None
    return parse_time("%s-%s-%sT%s:%s:%sZ" % found.groups()) if found else None


def end_pod():
    """Tries the ways that RunPod has; returns whether one was accepted."""
    pod = API_URL + "/pods/" + POD_ID
    graphql = re.sub(r"/v\d+$", "", API_URL) + "/graphql"
    mutation = 'mutation { podTerminate(input: { podId: "%s" }) }' % POD_ID
    status, _ = call("DELETE", pod)
    if status in (200, 202, 204, 404):
        return True
    status, _ = call("POST", pod + "/action", {"action": "terminate"})
    if status in (200, 202, 204, 404):
        return True
    status, text = call("POST", graphql, {"query": mutation})
    return status == 200 and '"errors"' not in text


def sleep_until(moment):
    # In short steps: a clock that was set right, or a host that slept, must not move the deadline.
    while time.time() < moment:
        time.sleep(min(LONGEST_SLEEP_SECONDS, max(0.05, moment - time.time())))


def main():
    deadline = parse_time(os.environ.get("WORKBOOK_DEADLINE", ""))
    if deadline is None or not POD_ID or not POD_KEY:
        say("this pod has no deadline or no key of its own, so it cannot end itself.")
        return
    if not API_URL.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        say("this pod's key goes only to https, so it cannot end itself.")
        return
    say("this pod ends itself at " + os.environ["WORKBOOK_DEADLINE"] + " unless its name says later.")
    sleep_until(deadline)
    while True:
        later = deadline_in_name()
        if later is not None and later > time.time():
            say("the deadline has been moved.")
            sleep_until(later)
        elif end_pod():
            say("the deadline has come: this pod has been told to end.")
            # Ending it ends this process too; where that did not come about, it is told again.
            time.sleep(LONGEST_SLEEP_SECONDS)
        else:
            say("the deadline has come, but this pod could not end itself; it still costs money.")
            time.sleep(LONGEST_SLEEP_SECONDS)


main()
