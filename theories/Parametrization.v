(** Section 2.2 and Appendix A.4, every L and d: the flattening, G of (10), the manifold M of (33), the gradient (34),
    commuting, regular, and the domains of the flows.

    Places, layers and coordinates are counted from 0: u^j_i stands at place i * L + j of the vector. *)
From Coq Require Import Reals Arith ZArith Lia Lra Psatz Classical.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Products Calculus Layers.
Open Scope R_scope.

(** Before (10): the layers as one vector. *)
Definition flatten (L : nat) (u : nat -> nat -> R) (n : nat) : R := u (n / L)%nat (n mod L)%nat.

Lemma place_coordinate L i j : (j < L)%nat -> ((i * L + j) / L = i)%nat.
Proof. intro h. rewrite Nat.div_add_l, (Nat.div_small j L) by lia. lia. Qed.
Lemma place_layer L i j : (j < L)%nat -> ((i * L + j) mod L = j)%nat.
Proof. intro h. rewrite Nat.add_comm, Nat.mod_add, Nat.mod_small; lia. Qed.
Lemma place_injective L i j a b : (j < L)%nat -> (b < L)%nat -> (i * L + j = a * L + b)%nat -> i = a /\ j = b.
Proof.
  intros hj hb e. split; [rewrite <- (place_coordinate L i j hj), e|rewrite <- (place_layer L i j hj), e].
  - now apply place_coordinate.
  - now apply place_layer.
Qed.
Lemma place_of L d n : (n < L * d)%nat -> exists i j, (i < d)%nat /\ (j < L)%nat /\ n = (i * L + j)%nat.
Proof.
  intro h. assert (hL : L <> O) by lia. exists (n / L)%nat, (n mod L)%nat. split; [now apply Nat.div_lt_upper_bound|].
  split; [now apply Nat.mod_upper_bound|]. rewrite Nat.mul_comm. now apply Nat.div_mod.
Qed.
Lemma place_inside L d i j : (i < d)%nat -> (j < L)%nat -> (i * L + j < L * d)%nat.
Proof. nia. Qed.

(** The same counted from 1, as the paper does: place (i-1)L + j holds layer j of coordinate i. *)
Theorem coordinate_in_Z (L i j : Z) : (0 < L -> 0 < j <= L -> ((i - 1) * L + j - 1) / L = i - 1)%Z.
Proof.
  intros hL hj. replace ((i - 1) * L + j - 1)%Z with (j - 1 + (i - 1) * L)%Z by ring.
  rewrite Z.div_add, Z.div_small; lia.
Qed.
Theorem place_in_Z (L i j : Z) : (0 < L -> 0 < j <= L ->
  ((i - 1) * L + j - 1) mod L = j - 1 /\ ((i - 1) * L + j - 1) / L = i - 1)%Z.
Proof.
  intros hL hj. split; [|now apply coordinate_in_Z].
  replace ((i - 1) * L + j - 1)%Z with (j - 1 + (i - 1) * L)%Z by ring. rewrite Z.mod_add, Z.mod_small; lia.
Qed.

(** (10): G_i(w) is the product over block i. *)
Definition block (L i : nat) (w : nat -> R) (j : nat) : R := w (i * L + j)%nat.
Definition G (L i : nat) (w : nat -> R) : R := Prod L (block L i w).

Theorem G_flatten L i u : G L i (flatten L u) = Prod L (u i).
Proof.
  apply Prod_ext. intros j hj. unfold block, flatten. now rewrite place_coordinate, place_layer.
Qed.

(** (33): at most one zero in each block. *)
Definition in_M (L d : nat) (w : nat -> R) := forall i j k, (i < d)%nat -> (j < L)%nat -> (k < L)%nat ->
  block L i w j = 0 -> block L i w k = 0 -> j = k.

(** After (33): the complement is the union of the sets where two entries of a block vanish. *)
Theorem complement_of_M L d w : ~ in_M L d w <->
  exists i j k, (i < d)%nat /\ (j < L)%nat /\ (k < L)%nat /\ j <> k /\ block L i w j = 0 /\ block L i w k = 0.
Proof.
  split.
  - intro h. apply NNPP. intro none. apply h. intros i j k hi hj hk zj zk. apply NNPP. intro ne. apply none.
    exists i, j, k. auto 6.
  - intros [i [j [k [hi [hj [hk [ne [zj zk]]]]]]]] h. apply ne. now apply (h i).
Qed.

(** M is open: entries that are nonzero stay so nearby. *)
Theorem M_open L d w : in_M L d w -> exists delta : posreal,
  forall y, (forall n, (n < L * d)%nat -> Rabs (y n - w n) < delta) -> in_M L d y.
Proof.
  intro hM.
  assert (near : exists delta : posreal, forall n, (n < L * d)%nat -> w n <> 0 ->
      forall y, Rabs (y - w n) < delta -> y <> 0).
  { generalize (L * d)%nat. clear. intro N. induction N as [|N [e he]]; [exists (mkposreal 1 Rlt_0_1); intros; lia|].
    destruct (Req_dec (w N) 0) as [z|nz].
    - exists e. intros n hn ne. destruct (Nat.eq_dec n N) as [->|]; [easy|apply he; [lia|easy]].
    - assert (p := Rabs_pos_lt _ nz). assert (q : 0 < Rmin e (Rabs (w N))) by (apply Rmin_pos; [apply cond_pos|easy]).
      exists (mkposreal _ q). intros n hn ne y hy. simpl in hy.
      assert (a := Rmin_l e (Rabs (w N))). assert (b := Rmin_r e (Rabs (w N))).
      destruct (Nat.eq_dec n N) as [->|nN]; [|apply (he n); [lia|easy|lra]].
      intros ->. replace (0 - w N) with (- w N) in hy by ring. rewrite Rabs_Ropp in hy. lra. }
  destruct near as [delta h]. exists delta. intros y hy i j k hi hj hk zj zk.
  apply (hM i j k hi hj hk).
  - apply NNPP. intro nz. exact (h _ (place_inside L d i j hi hj) nz _ (hy _ (place_inside L d i j hi hj)) zj).
  - apply NNPP. intro nz. exact (h _ (place_inside L d i k hi hk) nz _ (hy _ (place_inside L d i k hi hk)) zk).
Qed.

(** (A) puts the flattened initialization in M: two zeros would tie for the least modulus. *)
Theorem start_in_M L d u : (forall i, (i < d)%nat -> exists l, least_layer L (u i) l) -> in_M L d (flatten L u).
Proof.
  intros A i j k hi hj hk. unfold block, flatten. rewrite !place_coordinate, !place_layer by easy. intros zj zk.
  destruct (A i hi) as [l [hl h]]. destruct (Nat.eq_dec j l) as [->|nj].
  - destruct (Nat.eq_dec k l) as [->|nk]; [easy|]. specialize (h k hk nk). rewrite zk, Rabs_R0 in h.
    assert (p := Rabs_pos (u i l)). lra.
  - specialize (h j hj nj). rewrite zj, Rabs_R0 in h. assert (p := Rabs_pos (u i l)). lra.
Qed.

(** ** Partial derivatives *)

Definition partial (f : (nat -> R) -> R) (n : nat) (w : nat -> R) : R := Derive (fun x => f (put n x w)) (w n).

(** (34): inside block i the product of the other entries ... *)
Theorem gradient_inside L i j w : (j < L)%nat ->
  is_derive (fun x => G L i (put (i * L + j) x w)) (w (i * L + j)%nat) (Prod L (but j (block L i w))).
Proof.
  intro hj. apply (is_derive_ext (fun x => x * Prod L (but j (block L i w)))); [|auto_derive; [easy|ring]].
  intro x. rewrite <- (Prod_put L j x (block L i w)) by easy. apply Prod_ext. intros k hk. unfold block, put.
  destruct (Nat.eqb_spec k j) as [->|ne]; [now rewrite Nat.eqb_refl|].
  destruct (Nat.eqb_spec (i * L + k) (i * L + j)); [lia|easy].
Qed.

(** ... and 0 outside it. *)
Lemma G_put_outside L a i j x w : (j < L)%nat -> i <> a -> G L a (put (i * L + j) x w) = G L a w.
Proof.
  intros hj ne. apply Prod_ext. intros k hk. unfold block, put.
  destruct (Nat.eqb_spec (a * L + k) (i * L + j)) as [e|]; [|easy].
  destruct (place_injective L a k i j hk hj e). congruence.
Qed.
Theorem gradient_outside L a i j w : (j < L)%nat -> i <> a ->
  is_derive (fun x => G L a (put (i * L + j) x w)) (w (i * L + j)%nat) 0.
Proof.
  intros hj ne. apply (is_derive_ext (fun _ => G L a w)); [|apply (is_derive_const (G L a w))].
  intro x. symmetry. now apply G_put_outside.
Qed.

Lemma partial_inside L i j w : (j < L)%nat -> partial (G L i) (i * L + j) w = Prod L (but j (block L i w)).
Proof. intro hj. apply is_derive_unique. now apply gradient_inside. Qed.
Lemma partial_outside L a i j w : (j < L)%nat -> i <> a -> partial (G L a) (i * L + j) w = 0.
Proof. intros hj ne. apply is_derive_unique. now apply gradient_outside. Qed.

(** After (34): second derivatives vanish as soon as one of the two places lies outside the block. *)
Theorem hessian_outside L a i j m w : (j < L)%nat -> i <> a ->
  partial (fun y => partial (G L a) m y) (i * L + j) w = 0 /\ partial (fun y => partial (G L a) (i * L + j) y) m w = 0.
Proof.
  intros hj ne. split; apply is_derive_unique.
  - apply (is_derive_ext (fun _ => partial (G L a) m w)); [|apply (is_derive_const (partial (G L a) m w))].
    intro x. unfold partial. destruct (Nat.eq_dec m (i * L + j)) as [->|nm].
    + transitivity 0; [exact (partial_outside L a i j w hj ne)|].
      symmetry. apply is_derive_unique.
      apply (is_derive_ext (fun _ => G L a w)); [|apply (is_derive_const (G L a w))].
      intro y. symmetry. rewrite (G_put_outside L a i j y (put (i * L + j) x w)) by easy. now apply G_put_outside.
    + rewrite (put_other (i * L + j) x w m) by easy. apply Derive_ext. intro y.
      unfold G. apply Prod_ext. intros k hk. unfold block, put.
      destruct (Nat.eqb_spec (a * L + k) m); [easy|]. destruct (Nat.eqb_spec (a * L + k) (i * L + j)) as [e2|]; [|easy].
      destruct (place_injective L a k i j hk hj e2). congruence.
  - apply (is_derive_ext (fun _ => 0)); [|apply (is_derive_const 0)]. intro x. symmetry. now apply partial_outside.
Qed.

(** Entry n of the product of the Hessian of G_a with the gradient of G_b. *)
Definition hessian_gradient L d a b n w :=
  Sum (L * d) (fun m => partial (fun y => partial (G L a) m y) n w * partial (G L b) m w).

(** After (34): for a <> b already this product vanishes. *)
Theorem product_vanishes L d a b n w : a <> b -> hessian_gradient L d a b n w = 0.
Proof.
  intro ne. apply Sum_zero. intros m hm. destruct (place_of L d m hm) as [i [j [_ [hj ->]]]].
  destruct (Nat.eq_dec i b) as [->|nb]; [|rewrite (partial_outside L b i j) by easy; ring].
  rewrite (proj2 (hessian_outside L a b j n w hj (not_eq_sym ne))). ring.
Qed.

(** G is a commuting parametrization. *)
Theorem commuting L d a b n w : hessian_gradient L d a b n w - hessian_gradient L d b a n w = 0.
Proof. destruct (Nat.eq_dec a b) as [->|ne]; [ring|]. rewrite !product_vanishes by auto. ring. Qed.

(** On M each block has a nonzero partial derivative ... *)
Lemma some_partial L d i w : (0 < L)%nat -> in_M L d w -> (i < d)%nat ->
  exists j, (j < L)%nat /\ Prod L (but j (block L i w)) <> 0.
Proof.
  intros hL hM hi.
  destruct (classic (exists j, (j < L)%nat /\ block L i w j = 0)) as [[j [hj z]]|none].
  - exists j. split; [easy|]. apply Prod_but_nonzero. intros k hk ne zk. apply ne. now apply (hM i k j).
  - exists O. split; [easy|]. apply Prod_but_nonzero. intros k hk _ z. apply none. now exists k.
Qed.

(** ... so the rows of the Jacobian are linearly independent: rank d, G is regular on M. *)
Theorem regular L d w (c : nat -> R) : (0 < L)%nat -> in_M L d w ->
  (forall n, (n < L * d)%nat -> Sum d (fun a => c a * partial (G L a) n w) = 0) ->
  forall a, (a < d)%nat -> c a = 0.
Proof.
  intros hL hM dependent a ha. destruct (some_partial L d a w hL hM ha) as [j [hj nz]].
  specialize (dependent (a * L + j)%nat (place_inside L d a j ha hj)).
  rewrite (Sum_single d a), (partial_inside L a j) in dependent by
    (easy || (intros b hb ne; rewrite (partial_outside L b a j); [ring|easy|auto])).
  apply Rmult_integral in dependent. tauto.
Qed.

(** ** The domains of the flows of the gradient fields *)

(** From w along tau times the field of G_a (tau of either sign), in M, to w' in unit time. *)
Definition reaches (L d a : nat) (tau : R) (w w' : nat -> R) := exists c : nat -> R -> R,
  (forall n, (n < L * d)%nat -> c n 0 = w n /\ c n 1 = w' n) /\
  (forall t, 0 <= t <= 1 -> in_M L d (fun n => c n t)) /\
  forall n t, (n < L * d)%nat -> 0 <= t <= 1 -> is_derive (c n) t (tau * partial (G L a) n (fun n => c n t)).

(** The other blocks stand still. *)
Lemma others_stand_still L d a tau w w' i j : reaches L d a tau w w' ->
  (i < d)%nat -> (j < L)%nat -> i <> a -> w' (i * L + j)%nat = w (i * L + j)%nat.
Proof.
  intros [c [ends [_ moves]]] hi hj ne. assert (hn := place_inside L d i j hi hj).
  destruct (ends _ hn) as [<- <-]. apply constant_of_zero_slope; [lra|]. intros t ht.
  apply (is_derive_to _ _ _ _ (moves _ t hn ht)). rewrite partial_outside by easy. reals. ring.
Qed.

(** The field of G_b reads and moves block b only: it does not matter what the other blocks are. *)
Lemma reaches_elsewhere L d b tau w w' v : reaches L d b tau w w' -> in_M L d v -> (b < d)%nat ->
  (forall j, (j < L)%nat -> v (b * L + j)%nat = w (b * L + j)%nat) ->
  reaches L d b tau v (fun n => if Nat.eqb (n / L) b then w' n else v n).
Proof.
  intros [c [ends [inside moves]]] hv hb same.
  exists (fun n t => if Nat.eqb (n / L) b then c n t else v n). split; [|split].
  - intros n hn. destruct (place_of L d n hn) as [i [j [hi [hj ->]]]]. rewrite place_coordinate by easy.
    destruct (Nat.eqb_spec i b) as [->|ne]; [|easy]. rewrite same by easy. now apply ends.
  - intros t ht i j k hi hj hk. unfold block. rewrite !place_coordinate by easy.
    destruct (Nat.eqb_spec i b) as [->|ne]; [apply (inside t ht b); easy|apply (hv i); easy].
  - intros n t hn ht. destruct (place_of L d n hn) as [i [j [hi [hj ->]]]].
    destruct (Nat.eq_dec i b) as [->|ne].
    + apply (is_derive_ext (c (b * L + j)%nat)); [intro; now rewrite place_coordinate, Nat.eqb_refl|].
      apply (is_derive_to _ _ _ _ (moves _ t hn ht)). f_equal. rewrite !partial_inside by easy.
      apply Prod_but_ext. intros k hk _. unfold block. now rewrite place_coordinate, Nat.eqb_refl.
    + apply (is_derive_ext (fun _ => v (i * L + j)%nat)).
      { intro. rewrite place_coordinate by easy. now apply Nat.eqb_neq in ne as ->. }
      apply (is_derive_to _ _ _ _ (is_derive_const _ t)). rewrite partial_outside by easy. reals. ring.
Qed.

Lemma reaches_in_M L d a tau w w' : reaches L d a tau w w' -> in_M L d w /\ in_M L d w'.
Proof.
  intros [c [ends [inside _]]]. split; intros i j k hi hj hk.
  - unfold block. rewrite <- (proj1 (ends _ (place_inside L d i j hi hj))), <- (proj1 (ends _ (place_inside L d i k hi hk))).
    apply (inside 0 ltac:(lra) i); easy.
  - unfold block. rewrite <- (proj2 (ends _ (place_inside L d i j hi hj))), <- (proj2 (ends _ (place_inside L d i k hi hk))).
    apply (inside 1 ltac:(lra) i); easy.
Qed.

(** End of Appendix A.4: the domains are pairwise symmetric.  If one can go first along a for the time s and then along b for
    the time t, then also first along b and then along a, for the same times and to the same point. *)
Theorem symmetric_domains L d a b s t w w1 w2 : (a < d)%nat -> (b < d)%nat -> a <> b ->
  reaches L d a s w w1 -> reaches L d b t w1 w2 ->
  exists v1, reaches L d b t w v1 /\ exists v2, reaches L d a s v1 v2 /\ forall n, (n < L * d)%nat -> v2 n = w2 n.
Proof.
  intros ha hb ne first second.
  destruct (reaches_in_M L d a s w w1 first) as [hw _].
  assert (go_b := reaches_elsewhere L d b t w1 w2 w second hw hb
    (fun j hj => eq_sym (others_stand_still L d a s w w1 b j first hb hj (not_eq_sym ne)))).
  set (v1 := fun n => if Nat.eqb (n / L) b then w2 n else w n) in go_b.
  destruct (reaches_in_M L d b t w v1 go_b) as [_ hv1].
  assert (v1_a : forall j, (j < L)%nat -> v1 (a * L + j)%nat = w (a * L + j)%nat).
  { intros j hj. unfold v1. rewrite place_coordinate by easy. now apply Nat.eqb_neq in ne as ->. }
  exists v1. split; [easy|]. eexists. split; [exact (reaches_elsewhere L d a s w w1 v1 first hv1 ha v1_a)|].
  intros n hn. destruct (place_of L d n hn) as [i [j [hi [hj ->]]]]. cbv beta. rewrite place_coordinate by easy.
  destruct (Nat.eqb_spec i a) as [->|na].
  - symmetry. now apply (others_stand_still L d b t w1 w2 a j second).
  - unfold v1. rewrite place_coordinate by easy. destruct (Nat.eqb_spec i b) as [->|nb]; [easy|].
    rewrite (others_stand_still L d b t w1 w2 i j second hi hj nb). symmetry.
    now apply (others_stand_still L d a s w w1 i j first).
Qed.
