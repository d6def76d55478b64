from flask import Flask
import os

app = Flask(__name__)


@app.route("/")
def hello():
    provider = str(os.environ.get("PROVIDER", "world"))
    return "Hello " + provider + "!"


if __name__ == "__main__":
    port = int(os.environ.get("PORT", 5000))
    app.run(host="0.0.0.0", port=port)
