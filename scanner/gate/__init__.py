"""Templates and plans become inventories, before anything of them exists: every resource with its file and line.

    files        sources    paths, folders, patterns and stdin -> texts, each with a name people know it by
    texts        dialects   all texts of a dialect -> `Plan`s: what somebody is about to make, in one vocabulary
    plans        estate     `mapping/` writes rows in AWS's words, `implicit` adds what AWS makes of itself,
                            `addresses` gives examples for what AWS will choose
    rows         build      `Surface`: an `Inventory`, with the way back from each resource to what was written
    surfaces     report     worlds beside one another; `places` finds the line behind each finding

The seam between a dialect and everything after it is `planned.py`; a new dialect is a row in `dialects._dialects`.

* `Dialect(hints, is_one, plan)`: words without which a text is none of it, a look at its data, and the function that makes
  plans of all its texts at once (some refer to others). What cannot be read is a `TemplateError` with `file:line`.
* The vocabulary is CloudFormation's, whatever the dialect: `Planned.type` is a CloudFormation type, `properties` bear
  CloudFormation's names and are resolved: JSON values, ids for references, `Open` for what nobody knows yet. Another
  dialect translates its names, splits what CloudFormation keeps apart (inline routes are `AWS::EC2::Route`s of their own) and
  gets all mappers, implicit resources and rules. `mapping/table.py` is the closed list; `is_relevant` tells what belongs in
  `Plan.types_left` (no rule asks), `kinds_of` what to name in `Plan.unread` for what should be read and cannot.
* A security group without the property `SecurityGroupEgress` gets AWS's rule that allows everything; one with an empty list has
  none. Text that means a number or a truth is taken as such. An absent property is AWS's default, never unknown.
* The id of what does not exist is `planned_id(type, address)` ("subnet-Public", "sg-module.web.aws_security_group.this"); ARNs
  are `arns.arn_of`'s. What exists has its own id and `is_existing`. References are these ids.
* `Open(why, token, is_outside)`: unknown. Two with one token are the same thing. Mappers make an id of the token where one
  is wanted, so that "the same unknown VPC" joins, but only if it `is_outside` (a parameter, an export, a data source): anything
  else may be a resource of the plan, and then makes unknown whatever it may be about.
* `Place(find)` is asked for lines only when there is a finding: `find(())` is the resource, `find(("Ingress", 0, "CidrIp"))` a
  property or the nearest thing around it.
* `Plan.choices` with `Plan.vary` are the worlds beside the first one. A choice without a default makes a flaw of some worlds
  unknown; one with a default is told beside what the defaults say.

To lay plans over an account: `build.estate_of` gives the rows of a plan (`Estate.rows`: kind -> id -> facts), `Planned.action`
and `is_existing` say what it replaces, and an inventory with `outside=None` is a whole account again: then absence decides.
"""
