"""The command line: each command is a thin call of a verb, and everything it prints is French."""

import typer

from fabrique.cli import chain, demonstration, service, territories

app = typer.Typer(
    name="fabrique",
    help="Fabrique à initiatives : des besoins non couverts aux projets qui existent.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
database = typer.Typer(help="La base de données.", no_args_is_help=True)
database.command("upgrade")(service.upgrade_database)
imports = typer.Typer(help="Faire entrer des données.", no_args_is_help=True)
imports.command("needs")(chain.import_needs)
places = typer.Typer(help="La table des communes.", no_args_is_help=True)
places.command("sync")(territories.sync)

app.command("demo")(demonstration.demo)
app.command("serve")(service.serve)
app.command("work")(service.work)
app.add_typer(database, name="db")
app.add_typer(imports, name="import")
app.command("regroup")(chain.regroup)
app.command("match")(chain.match)
app.command("agenda")(chain.agenda)
app.command("export")(chain.export)
app.add_typer(places, name="territories")
app.command("doctor")(service.doctor)
