from jinding.cli import app

app()
