(** A function on the line whose slope stays above a positive number is a bijection; its inverse has the slope 1/f'. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Calculus.
Open Scope R_scope.

Section Inverse.
Variables (f f' : R -> R) (c : R).
Hypothesis df : forall x, is_derive f x (f' x).
Hypothesis c_pos : 0 < c.
Hypothesis steep : forall x, c <= f' x.

Lemma expands x y : x <= y -> c * (y - x) <= f y - f x.
Proof.
  intro h. destruct (mean_value f f' x y h (fun t _ => df t)) as [z [_ e]]. rewrite e. specialize (steep z). nra.
Qed.

(** The point at which [f] takes the value [y], between -|y - f 0|/c and |y - f 0|/c. *)
Definition preimage y : { x | f x = y }.
Proof.
  set (b := Rabs (y - f 0) / c). assert (hb : c * b = Rabs (y - f 0)) by (unfold b; field; lra).
  assert (0 <= b) by (apply Rdiv_le_0_compat; [apply Rabs_pos|easy]).
  assert (h1 := expands 0 b ltac:(lra)). assert (h2 := expands (- b) 0 ltac:(lra)).
  assert (h3 := Rle_abs (y - f 0)). assert (h4 := Rle_abs (- (y - f 0))). rewrite Rabs_Ropp in h4.
  destruct (IVT_gen f (- b) b y) as [x [_ e]]; [intro x; exact (is_derive_continuity f x _ (df x))| |now exists x].
  rewrite Rmin_left, Rmax_right by nra. split; nra.
Defined.
Definition inverse y := proj1_sig (preimage y).

Lemma f_inverse y : f (inverse y) = y.
Proof. exact (proj2_sig (preimage y)). Qed.
Lemma injective x y : f x = f y -> x = y.
Proof. intro e. destruct (Rle_dec x y) as [h|h]; [assert (H := expands x y h)|assert (H := expands y x ltac:(lra))]; nra. Qed.
Lemma inverse_f x : inverse (f x) = x.
Proof. apply injective, f_inverse. Qed.

Lemma inverse_lipschitz y z : Rabs (inverse y - inverse z) <= Rabs (y - z) / c.
Proof.
  apply Rmult_le_reg_l with c; [easy|]. replace (c * (Rabs (y - z) / c)) with (Rabs (y - z)) by (field; lra).
  rewrite <- (f_inverse y) at 2. rewrite <- (f_inverse z) at 2. set (a := inverse y). set (b := inverse z).
  destruct (Rle_dec a b) as [h|h]; [assert (H := expands a b h)|assert (H := expands b a ltac:(lra))].
  - rewrite Rabs_left1 by lra. rewrite (Rabs_left1 (f a - f b)) by nra. lra.
  - rewrite Rabs_right by lra. rewrite (Rabs_right (f a - f b)) by nra. lra.
Qed.

Theorem is_derive_inverse y : is_derive inverse y (/ f' (inverse y)).
Proof.
  apply is_derive_eps. intro eps. set (x := inverse y). assert (hx : c <= f' x) by apply steep.
  assert (he : 0 < eps * c * c) by (repeat apply Rmult_lt_0_compat; easy || apply cond_pos).
  destruct (proj1 (is_derive_eps f x (f' x)) (df x) (mkposreal _ he)) as [delta hd].
  assert (hr : 0 < delta * c) by (apply Rmult_lt_0_compat; [apply cond_pos|easy]).
  exists (mkposreal _ hr). intros z hz. change (Rabs (z - y) < delta * c) in hz.
  assert (near : Rabs (inverse z - x) < delta).
  { eapply Rle_lt_trans; [apply inverse_lipschitz|]. apply Rmult_lt_reg_r with c; [easy|].
    replace (Rabs (z - y) / c * c) with (Rabs (z - y)) by (field; lra). easy. }
  specialize (hd (inverse z) near). simpl in hd.
  assert (fx : f x = y) by apply f_inverse. rewrite f_inverse, fx in hd.
  replace (inverse z - x - (z - y) * / f' x) with (- (z - y - (inverse z - x) * f' x) / f' x) by (field; lra).
  unfold Rdiv. rewrite Rabs_mult, Rabs_Ropp, (Rabs_right (/ f' x)) by (left; apply Rinv_0_lt_compat; lra).
  apply Rmult_le_reg_r with (f' x); [lra|]. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  apply Rle_trans with (1 := hd). apply Rle_trans with (eps * c * c * (Rabs (z - y) / c)).
  - apply Rmult_le_compat_l; [lra|apply inverse_lipschitz].
  - replace (eps * c * c * (Rabs (z - y) / c)) with (eps * Rabs (z - y) * c) by (field; lra).
    apply Rmult_le_compat_l; [|easy]. apply Rmult_le_pos; [left; apply cond_pos|apply Rabs_pos].
Qed.
End Inverse.
