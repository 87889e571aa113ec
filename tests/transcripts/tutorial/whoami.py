import os, requests
base = os.environ["CC_BASE"]
key = os.environ["CC_KEY"]
r = requests.get(
f"{base}/api/v1/whoami",
headers={"Authorization": f"Bearer {key}"},
timeout=30,
)
r.raise_for_status()
print(r.json()["data"])
