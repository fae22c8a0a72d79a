"""Ends this pod at its deadline with the key that Runpod gives to each pod, whatever became of the renter's machine.

The deadline comes from WORKBOOK_DEADLINE; a later one may stand at the end of the pod's name, which can be changed
without a restart. No answer counts as success: that this process still runs proves that the pod has not ended. So
all ways are tried in turn, again and again. Whether the pod's own key may read and end its pod has not yet been tried
on a live account.

The time is what the API's last answer says (Date): deadlines were checked against that clock when the pod was rented.
Without three such answers the time is what this machine's clock says. In both cases it is never less than at the start
(by the median of the first three answers) and what has passed since: a clock that is set back, or stands still as in
answers from a cache, does not lengthen the rent; one set forward may shorten it. One odd answer changes nothing, for
the deadline must have come in several readings in turn.
"""

import contextlib
import datetime
import email.utils
import json
import os
import re
import signal
import sys
import time
import types
import urllib.error
import urllib.parse
import urllib.request

API_URL = (os.environ.get("WORKBOOK_API_URL") or "https://api.runpod.io/v2").rstrip("/")
POD_ID = os.environ.get("RUNPOD_POD_ID", "")
POD_KEY = os.environ.get("RUNPOD_API_KEY", "").strip()
POD_URL = API_URL + "/pods/" + urllib.parse.quote(POD_ID, safe="")
WAYS_TO_END = (
    ("DELETE", "DELETE", POD_URL, None),
    ("the action terminate", "POST", POD_URL + "/action", {"action": "terminate"}),
    (
        "GraphQL",
        "POST",
        re.sub(r"/v\d+$", "", API_URL) + "/graphql",
        {"query": "mutation { podTerminate(input: { podId: %s }) }" % json.dumps(POD_ID)},
    ),
)

LONGEST_SLEEP_SECONDS = 30
# So often the name is read before the deadline, which may have been moved.
READ_NAME_SECONDS = 10 * LONGEST_SLEEP_SECONDS
# At the deadline the name must say so often that it has come, a short while apart; by then three answers tell the time.
READINGS_TO_END = 3
# Where the name cannot be read, an extended pod must not end at once, nor any other run on for long: with the sleeps
# between them so many attempts take 4 minutes, or 7 where each of the calls hangs.
UNREADABLE_ANSWERS_TO_END = 8
# For all of a call, however the answer drips.
CALL_SECONDS = 20
LONGEST_ANSWER_BYTES = 1_000_000
# A plan may have a week, an extension a day more. Names that say more are no deadlines of the workbook, and an answer
# whose time is further from the deadline is not believed.
LONGEST_LEAD_SECONDS = 31 * 24 * 3600


def seconds_since_boot():
    """Nobody can set this clock, and it counts the time in which the machine slept."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


# How far a clock is ahead of the one that nobody can set: this machine's at the start, the API's in each answer.
# Who starts this process again gives it what the first one had.
ahead_at_start = float(sys.argv[1]) if len(sys.argv) > 1 else time.time() - seconds_since_boot()
ahead_by_date = []


def now():
    passed = seconds_since_boot()
    if len(ahead_by_date) >= 3:
        return passed + max(sorted(ahead_by_date[:3])[1], ahead_by_date[-1])
    return max(time.time(), passed + ahead_at_start)


def note_date(headers):
    with contextlib.suppress(Exception):
        date = email.utils.mktime_tz(email.utils.parsedate_tz(headers["Date"]))
        if abs(date - FIRST_DEADLINE) < LONGEST_LEAD_SECONDS:
            ahead_by_date.append(date - seconds_since_boot())


@contextlib.contextmanager
def at_most(seconds):
    """Interrupts what runs too long: time limits of sockets start anew with every byte."""

    def interrupt(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, interrupt)
    # Again and again, for what is interrupted may go on with its next attempt.
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def say(text):
    # The log must not hold the timer up: it may be closed, or full and read by nobody.
    with contextlib.suppress(Exception), at_most(1):
        print("workbook: " + text, flush=True)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would take the key along."""

    def redirect_request(self, *_):
        return None


def call(method, address, body=None):
    """Returns the status of an answer and its bytes; or 0, and the kind of error where none came."""
    answer = call_through({}, method, address, body)
    # Past the proxy first, and never to one without TLS: it would see the key.
    if answer[0] == 0 and address.startswith("https:") and "https" in urllib.request.getproxies():
        answer = call_through(None, method, address, body)
    return answer


def call_through(proxies, method, address, body):
    headers = {
        "Authorization": "Bearer " + POD_KEY,
        "User-Agent": "serving-workbook-pod/0.1",
        "Content-Type": "application/json",
    }
    data = None if body is None else json.dumps(body).encode()
    try:
        request = urllib.request.Request(address, data, headers, method=method)
        opener = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler(proxies))
        with at_most(CALL_SECONDS), opener.open(request, timeout=CALL_SECONDS) as answer:
            note_date(answer.headers)
            return answer.status, answer.read(LONGEST_ANSWER_BYTES)
    except urllib.error.HTTPError as error:
        note_date(error.headers)
        return error.code, b""
    except Exception as error:
        return 0, type(error).__name__.encode()


def parse_time(text):
    """Returns seconds since 1970, or None."""
    try:
        moment = datetime.datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=datetime.timezone.utc)
        return moment.timestamp()
    except (ValueError, OverflowError):
        return None


FIRST_DEADLINE = parse_time(os.environ.get("WORKBOOK_DEADLINE", ""))


def read_deadline_in_name():
    """Returns seconds since 1970, 0 where the name has no deadline, and None where the name is not known."""
    status, text = call("GET", POD_URL)
    try:
        # As floats, for long whole numbers take long to read.
        pod = json.loads(text.decode("utf-8-sig", "replace"), parse_int=float) if status == 200 else {}
        if pod.get("id", POD_ID) != POD_ID:
            return None
        found = re.search(r"-([0-9]{8}T[0-9]{6})Z\Z", pod["name"])
    except Exception:
        return None
    digits = re.findall("..", found[1].replace("T", "")) if found else []
    moment = parse_time("%s%s-%s-%sT%s:%s:%sZ" % tuple(digits)) if digits else None
    return 0 if moment is None or moment - now() > LONGEST_LEAD_SECONDS else moment


def end_pod():
    for name, method, address, body in WAYS_TO_END:
        status, text = call(method, address, body)
        answer = "HTTP %d" % status if status else "no answer (%s)" % text.decode()
        errors = ", with errors" if b'"errors"' in text else ""
        say("the deadline has come; asked to end this pod by %s: %s%s." % (name, answer, errors))
    say("this pod still runs and costs money; it is asked again.")


def look(pod):
    """Does what is due, and returns how many seconds are left until it should be called again."""
    if now() < pod.deadline and seconds_since_boot() < pod.read_name_at:
        return pod.deadline - now()
    in_name = read_deadline_in_name()
    # At first more often: three answers tell the time.
    pod.readings += 1
    pause = READ_NAME_SECONDS if pod.readings > 2 else LONGEST_SLEEP_SECONDS
    pod.read_name_at = seconds_since_boot() + pause
    if in_name is not None and max(in_name, FIRST_DEADLINE) != pod.deadline:
        pod.deadline = max(in_name, FIRST_DEADLINE)
        say("the deadline has been moved: this pod ends itself at %s." % to_text(pod.deadline))
    if now() < pod.deadline:
        pod.confirmed = pod.unreadable = 0
        return pod.deadline - now()
    if in_name is None:
        pod.unreadable += 1
    else:
        pod.confirmed += 1
    if pod.confirmed >= READINGS_TO_END or pod.unreadable >= UNREADABLE_ANSWERS_TO_END:
        end_pod()
    elif in_name is not None:
        return LONGEST_SLEEP_SECONDS / 6
    return LONGEST_SLEEP_SECONDS


def to_text(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def is_safe(address):
    try:
        parts = urllib.parse.urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" or parts.hostname in ("127.0.0.1", "localhost", "::1")


def main():
    if FIRST_DEADLINE is None or not POD_ID or not POD_KEY:
        say("this pod has no deadline or no key of its own, so it cannot end itself.")
        return
    if not is_safe(API_URL):
        say("this pod's key goes only to https, so it cannot end itself.")
        return
    say("this pod ends itself at " + to_text(FIRST_DEADLINE) + " unless its name says later.")
    pod = types.SimpleNamespace(deadline=FIRST_DEADLINE, readings=0, read_name_at=0, confirmed=0, unreadable=0)
    seconds = 0
    while True:
        try:
            time.sleep(max(0, min(seconds, LONGEST_SLEEP_SECONDS)))
            seconds = LONGEST_SLEEP_SECONDS
            seconds = look(pod)
        except Exception as error:
            say("the timer goes on after an error of its own: " + type(error).__name__)


main()
