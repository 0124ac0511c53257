"""Templates and plans become inventories, before anything of them exists: every resource with its file and line.

    files        sources    paths, folders, globs and stdin -> texts, each with a name people know it by
    texts        dialects   a text -> `Plan`: the resources somebody is about to make, in one vocabulary
    plans        estate     `Plan` -> AWS's own dictionaries, with what AWS makes of itself (see below)
    inventories  build      dictionaries -> `Inventory`; what nobody could read is a gap
    findings     places     findings -> the line that causes them

The seam between dialects and the rest is `planned.py`:

* A dialect answers with `Plan`s of `Planned` resources. Their vocabulary is CloudFormation's, whatever the dialect: `type`
  is a CloudFormation type name, `properties` bear CloudFormation's property names and are resolved: plain JSON values,
  `Open` (a `scanner.model.Unknown`) for whatever is not known yet, and id strings for references. Another
  dialect translates its names into these, and every mapper, implicit resource and rule works for it.
* A reference is the id of what it points to. `planned_id(type, address)` makes the id of a resource that does not exist yet
  ("subnet-Public"); the id of one that exists is its own (`Planned.id`). A value nobody knows, but of which it
  is known where it comes from, is `Open(why, token=...)`: two with one token are the same thing, and where an id is
  wanted the mappers make one of the token, so that what hangs on "the same unknown VPC" still joins.
* `Place` tells file and line of a resource and of each of its properties, by path.
* What a dialect cannot read it names in `Plan.unread`, with the kinds it may have brought: never silence.
* What depends on a choice (a parameter used in a condition) is in `Plan.choices`; `Plan.varied` plans once more with it.

`mapping/` holds one small function a type; `MAPPERS` in `mapping/table.py` is the closed list. To lay a plan over a live account
(`--against`), build on `estate.Estate.rows` and `Planned.id`/`Planned.action`, before `build.inventory_of`.
"""
