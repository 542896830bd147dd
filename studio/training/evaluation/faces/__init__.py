"""How far what is read, and made, holds on faces and rigs that no training has seen."""
