r = requests.get(
f"{base}/api/v1/workflows",
headers={"Authorization": f"Bearer {key}"},
params={"limit": 5},
timeout=30,
)
body = r.json()
print(f"{len(body['data'])} workflows, more={body['hasMore']}")
